import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import type { Tx } from '../database/database';
import { Notifier } from '../database/notifier';
import { Invalid } from '../errors';
import { newId } from '../time/ids';

/** Rung after a commit that owes a mail. */
export const MAIL_OWED = 'mail_owed';

/** What a mail says. */
export interface MailText {
  subject: string;
  text: string;
}

/**
 * Words for one occasion. Rendered when the mail is sent, so that rows hold ids and never a token or a password.
 * Give back undefined when the occasion has passed; the mail is then dropped.
 */
export interface MailTemplate {
  name: string;
  render(data: Record<string, unknown>): MailText | undefined;
}

/** What to whom, and until when it makes sense. */
export interface OwedMail {
  template: string;
  to: string;
  data: Record<string, unknown>;
  deliverWithinMinutes: number;
}

/** Owes mails: a row in the caller's transaction, sent by the mail worker after the commit, however often it takes. */
@Injectable()
export class Mailer {
  private readonly templates = new Map<string, MailTemplate>();

  constructor(private readonly notifier: Notifier) {}

  /** Called by rooms in `onModuleInit`. */
  register(template: MailTemplate): void {
    if (this.templates.has(template.name)) throw new Error(`mail template ${template.name} is registered twice`);
    this.templates.set(template.name, template);
  }

  template(name: string): MailTemplate | undefined {
    return this.templates.get(name);
  }

  /** Throws Invalid when `to` is not exactly one plain address. */
  async owe(tx: Tx, mail: OwedMail): Promise<void> {
    if (!isOneAddress(mail.to)) throw new Invalid('The email address is not valid', { email: 'is not valid' });
    if (!this.templates.has(mail.template)) throw new Error(`there is no mail template ${mail.template}`);
    await tx.rows(
      `insert into mail (id, template, to_address, data, deliver_before)
       values ($1, $2, $3, $4, now() + make_interval(mins => $5))`,
      [newId(), mail.template, mail.to, JSON.stringify(mail.data), mail.deliverWithinMinutes],
    );
    tx.afterCommit(() => this.notifier.ring(MAIL_OWED));
  }
}

/** One address and nothing that a mail header could read as more: no line break, list, name or comment. */
export const isOneAddress = (address: string): boolean =>
  address.length <= 254 && isEmail(address) && !/[\s,;:<>()[\]"\\\p{Cc}]/u.test(address);
