/** What a carrier tells of a call leg, whatever its own words for it. */
export const SIGNAL_KINDS = [
  'initiated',
  'ringing',
  'answered',
  'bridged',
  'completed',
  'busy',
  'no_answer',
  'failed',
  'canceled',
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** One thing a carrier tells. Signals come late, twice and out of order; `sequence` says in which order they were meant. */
export interface TelephonySignal {
  provider_call_sid: string;
  sequence: number;
  kind: SignalKind;
  at: Date;
}

/** A leg that the carrier has begun. */
export interface DialledLeg {
  sid: string;
}

/** The carrier refuses: it will not do this, however often it is asked. */
export class CarrierRefused extends Error {}

/** The carrier has done nothing yet because it has too much to do; the same may be asked again. */
export class CarrierBusy extends Error {}

/**
 * The telephone company, as calls need it. Methods throw `CarrierRefused` when the carrier says no, and anything else
 * when its answer is lost: then nobody knows whether it was done. What it tells of a leg comes to `CarrierSignals`.
 */
export abstract class Telephony {
  /** False when nothing is set up; then nothing can be dialled. */
  abstract readonly isConfigured: boolean;

  /** Dials a number. Not repeatable: after a lost answer ask `findDial` instead. `commandId` names the attempt. */
  abstract dial(commandId: string, number: string): Promise<DialledLeg>;

  /** The leg that the attempt `commandId` began, undefined if it began none. */
  abstract findDial(commandId: string): Promise<DialledLeg | undefined>;

  /** Ends a leg; harmless when it has ended. */
  abstract hangUp(sid: string): Promise<void>;

  abstract hold(sid: string): Promise<void>;

  abstract resume(sid: string): Promise<void>;

  /** Brings the caller together with an agent. The leg signals `bridged` when they hear each other. */
  abstract bridge(sid: string, agentCode: string): Promise<void>;

  /** Lets the leg, and whoever else is in the call, be as the call's rows say; harmless when they are. */
  abstract settle(sid: string): Promise<void>;
}

/** Nothing is set up. */
export class NoTelephony extends Telephony {
  readonly isConfigured = false;

  private refuse(): Promise<never> {
    return Promise.reject(new CarrierRefused('no telephony is configured'));
  }

  dial(): Promise<DialledLeg> {
    return this.refuse();
  }
  findDial(): Promise<DialledLeg | undefined> {
    return Promise.resolve(undefined);
  }
  hangUp(): Promise<void> {
    return this.refuse();
  }
  hold(): Promise<void> {
    return this.refuse();
  }
  resume(): Promise<void> {
    return this.refuse();
  }
  bridge(): Promise<void> {
    return this.refuse();
  }
  settle(): Promise<void> {
    return this.refuse();
  }
}
