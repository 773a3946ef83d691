import { Conference } from './conference';
import { Leg, type LegSettings } from './leg';
import { Poster } from './poster';
import type { Line, Recording, Switchboard } from './switchboard';

/** What the exchange is told when it is set up. */
export interface ExchangeSettings {
  accountSid: string;
  authToken: string;
  /** Factor on all waiting: 1 is a real call's pace. */
  pace?: number;
  /** Public origins and where they are really reached. */
  reach?: Record<string, string>;
}

/** The telephone company behind the API: legs, conferences, queues and recordings, all in memory. */
export class Exchange implements Switchboard {
  readonly accountSid: string;
  readonly pace: number;
  readonly reach: Record<string, string>;
  readonly poster: Poster;
  readonly legs = new Map<string, Leg>();
  readonly conferences: Conference[] = [];
  readonly recordings = new Map<string, Recording>();
  /** What went wrong in calls: documents that could not be had or understood. */
  readonly problems: string[] = [];
  /** Where media are; set once the server listens. */
  base = '';
  private readonly queues = new Map<string, Line[]>();
  private talking: NodeJS.Timeout | undefined;

  constructor(settings: ExchangeSettings) {
    this.accountSid = settings.accountSid;
    this.pace = settings.pace ?? 1;
    this.reach = settings.reach ?? {};
    this.poster = new Poster(settings.authToken, (url) => {
      const origin = Object.keys(this.reach).find((known) => url.startsWith(`${known}/`));
      return origin ? (this.reach[origin] ?? '') + url.slice(origin.length) : url;
    });
  }

  /** Begins a call; it goes on by itself. */
  begin(settings: LegSettings): Leg {
    const leg = new Leg(this, settings);
    this.legs.set(leg.sid, leg);
    setImmediate(() => void leg.live());
    return leg;
  }

  queueOf(name: string): Line[] {
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    return queue;
  }

  /** The conference going on under this name, or a new one. */
  conferenceOf(name: string): Conference {
    const known = this.conferences.find((conference) => conference.name === name && !conference.isOver);
    if (known) return known;
    const conference = new Conference(name, this.accountSid, () => this.talk());
    this.conferences.push(conference);
    return conference;
  }

  /** Wherever two hear each other, somebody says something from time to time. */
  private talk(): void {
    this.talking ??= setInterval(() => {
      let going = 0;
      for (const conference of this.conferences.filter(({ isOver }) => !isOver)) {
        const heard = [...conference.participants.values()].filter(({ hold, muted }) => !hold && !muted);
        going += 1;
        if (heard.length >= 2) for (const { leg } of heard) leg.speak();
      }
      if (going === 0) this.stop();
    }, 2500 * this.pace);
    this.talking.unref();
  }

  private stop(): void {
    clearInterval(this.talking);
    this.talking = undefined;
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all([...this.legs.values()].map((leg) => leg.end('completed')));
    await this.poster.close();
  }
}
