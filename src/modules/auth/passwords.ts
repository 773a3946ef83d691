import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Unavailable } from '../../platform/errors';

/** Hashing is the most expensive thing a stranger can make us do: this many at once, this many in line. */
const AT_ONCE = 4;
const IN_LINE = 200;

const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id of a random password nobody knows; what an unknown e-mail is measured against. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$pcWZbZVeaeWt0AQWkDlILA$s9sdc3Ufvz/oqakKbj9GonTrKH+w4ZwLFKUKQlGak1Q';

/** More sign-ins at once than this process will hash. */
export class SignInBusy extends Unavailable {
  static override readonly code = 'SIGN_IN_BUSY';
}

/** Hashes and compares passwords with argon2id, a bounded number at a time. */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normal(password), ARGON2ID));
  }

  /** Whether `password` is the one; without a stored hash the same work is done and the answer is no. */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const fits = await this.inTurn(() => verify(stored ?? NOBODY, normal(password)));
    return fits && stored !== undefined;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= IN_LINE) throw new SignInBusy('Too many people are signing in; try again shortly');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // the slot goes to the next in line, so `running` stays
      if (next) next();
      else this.running -= 1;
    }
  }
}

/** The same password typed on another keyboard may arrive composed differently. */
const normal = (password: string): string => password.normalize('NFKC');
