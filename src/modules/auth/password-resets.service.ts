import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import { Audit } from '../../platform/audit/audit';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';
import { Mailer, type MailText } from '../../platform/mail/mailer';
import { newId } from '../../platform/time/ids';
import type { PasswordResetConfirmDto } from './auth.dto';
import { ResetTokenRefused } from './auth.errors';
import { Passwords } from './passwords';
import { Sessions } from './sessions';
import { SignInSlowdown } from './sign-in-slowdown';
import { keyFor, sign, tokenHash } from './tokens';
import type { Visitor } from './visitor';

const TEMPLATE = 'auth.password_reset';
const TOKEN_MINUTES = 60;

/**
 * Forgotten passwords. The token is derived from the id of the request with a key of ours, so neither the mail that is
 * owed nor any other row holds it; the table keeps its hash.
 */
@Injectable()
export class PasswordResetsService implements OnModuleInit {
  private readonly key: Buffer;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly mailer: Mailer,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly slowdown: SignInSlowdown,
    private readonly audit: Audit,
  ) {
    this.key = keyFor(config.secretKey, 'password reset');
  }

  onModuleInit(): void {
    this.mailer.register({ name: TEMPLATE, render: ({ reset_id }) => this.letter(String(reset_id)) });
  }

  /** Mails a token if the account exists and is not disabled. Says nothing about it; a row is written either way. */
  async request(visitor: Visitor, email: string): Promise<void> {
    await this.slowdown.tryReset(visitor, email);
    await this.database.transaction(async (tx) => {
      const id = newId();
      const reset = await tx.one<{ user_id: string | null }>(
        `insert into password_reset (id, user_id, token_hash, expires_at)
         values ($1, (select id from user_account where email = $2 and is_active), $3,
           now() + make_interval(mins => $4))
         returning user_id`,
        [id, email, tokenHash(this.token(id)), TOKEN_MINUTES],
      );
      if (!reset?.user_id) return;
      await this.mailer.owe(tx, {
        template: TEMPLATE,
        to: email,
        data: { reset_id: id },
        deliverWithinMinutes: TOKEN_MINUTES,
      });
    });
  }

  /**
   * Sets a new password and ends every session of the user; returns his e-mail. Of two that come with one token at
   * once, the row's lock lets one win. Throws ResetTokenRefused.
   */
  async confirm(visitor: Visitor, input: PasswordResetConfirmDto): Promise<string> {
    await this.slowdown.tryResetToken(visitor);
    const hash = tokenHash(input.token);
    const isOpen = `token_hash = $1 and used_at is null and expires_at > now() and user_id is not null`;
    // looked up before the hashing, so that guessing tokens does not buy work
    if (!(await this.database.read.one(`select 1 from password_reset where ${isOpen}`, [hash]))) {
      throw new ResetTokenRefused();
    }
    const passwordHash = await this.passwords.hash(input.new_password);
    return this.database.transaction(async (tx) => {
      const reset = await tx.one<{ user_id: string }>(
        `update password_reset set used_at = now() where ${isOpen} returning user_id`,
        [hash],
      );
      const user = await tx.one<{ id: string; email: string }>(
        `update user_account set password_hash = $2, updated_at = now() where id = $1 and is_active returning id, email`,
        [reset?.user_id ?? null, passwordHash],
      );
      if (!user) throw new ResetTokenRefused();
      // other tokens that were mailed meanwhile are worth nothing now
      await tx.rows('update password_reset set used_at = now() where user_id = $1 and used_at is null', [user.id]);
      await this.sessions.endAll(tx, user.id, 'password_reset');
      await this.audit.record(tx, systemActor('password-reset'), 'user.password_reset', `user:${user.id}`);
      await this.slowdown.forgive(tx, visitor, user.email);
      return user.email;
    });
  }

  private token(resetId: string): string {
    return sign(this.key, resetId);
  }

  private letter(resetId: string): MailText {
    const token = this.token(resetId);
    return {
      subject: 'Reset your password',
      // after the #, where it reaches neither servers nor their logs; no names, which a stranger may have chosen
      text: [
        'Somebody, we hope you, asked to reset the password of your account.',
        '',
        'Choose a new one here within an hour:',
        `${this.config.server.appBaseUrl}/reset-password#token=${token}`,
        '',
        `Or use this token: ${token}`,
        '',
        'If it was not you, nothing needs to be done: your password stays as it is.',
      ].join('\n'),
    };
  }
}
