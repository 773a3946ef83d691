import { type Line, newSid, type Room } from './switchboard';

export interface Participant {
  leg: Line;
  label: string | undefined;
  muted: boolean;
  hold: boolean;
  coaching: string | undefined;
  endsIt: boolean;
  done(): void;
}

/** A conversation of several legs. It begins with the first and is over with the last, or with one who ends it. */
export class Conference implements Room {
  readonly sid = newSid('CF');
  readonly participants = new Map<string, Participant>();
  isOver = false;
  private sequence = 0;
  private callback: { url: string; events: string[] } | undefined;

  constructor(
    readonly name: string,
    private readonly accountSid: string,
    private readonly changed: () => void,
  ) {}

  /** Comes in; resolves when the leg is out again by the conference's doing. */
  join(leg: Line, attributes: Record<string, string>): Promise<void> {
    // taken from whoever comes first
    this.callback ??= attributes.statusCallback
      ? { url: attributes.statusCallback, events: (attributes.statusCallbackEvent ?? '').split(' ') }
      : undefined;
    const left = new Promise<void>((resolve) => {
      this.participants.set(leg.sid, {
        leg,
        label: attributes.participantLabel,
        muted: attributes.muted === 'true',
        hold: false,
        coaching: attributes.coach,
        endsIt: attributes.endConferenceOnExit === 'true',
        done: resolve,
      });
    });
    this.tell('join', 'participant-join', leg);
    this.changed();
    return left;
  }

  /** Goes out; once. */
  leave(leg: Line): void {
    const participant = this.participants.get(leg.sid);
    if (!participant) return;
    this.participants.delete(leg.sid);
    participant.done();
    this.tell('leave', 'participant-leave', leg);
    if (participant.endsIt || this.participants.size === 0) this.finish();
    this.changed();
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const { leg } of [...this.participants.values()]) this.leave(leg);
    const { callback } = this;
    if (callback?.events.includes('end')) this.send('conference-end', undefined);
  }

  private tell(event: string, name: string, leg: Line): void {
    if (this.callback?.events.includes(event)) this.send(name, leg);
  }

  private send(name: string, leg: Line | undefined): void {
    this.sequence += 1;
    const sender = leg ?? this.last;
    if (leg) this.last = leg;
    sender?.send(this.callback?.url, {
      AccountSid: this.accountSid,
      ConferenceSid: this.sid,
      FriendlyName: this.name,
      StatusCallbackEvent: name,
      SequenceNumber: String(this.sequence),
      Timestamp: new Date().toUTCString().replace('GMT', '+0000'),
      ...(leg ? { CallSid: leg.sid, Muted: 'false', Hold: 'false' } : {}),
    });
  }

  private last: Line | undefined;
}
