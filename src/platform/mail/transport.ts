import { Injectable, Logger } from '@nestjs/common';
import fs from 'node:fs/promises';
import path from 'node:path';
import nodemailer, { type Transporter } from 'nodemailer';
import { Config } from '../config/config';
import { isOneAddress, type MailText } from './mailer';

/** A mail, rendered. */
export interface Letter extends MailText {
  /** Constant over retries; becomes the Message-ID, so that receivers can drop a double. */
  id: string;
  to: string;
}

/** The server refused for good: trying again would not help. */
export class LetterRefused extends Error {}

const TIMEOUT_MS = 15_000;

/** Carries letters: by SMTP when EMAIL_HOST is set, else (outside production) as text files into DATA_DIR/outbox. */
@Injectable()
export class MailTransport {
  private readonly logger = new Logger('Mail');
  private readonly smtp: Transporter | undefined;

  constructor(private readonly config: Config) {
    const { host, port, useTls, user, password } = config.mail;
    if (!host) return;
    this.smtp = nodemailer.createTransport({
      host,
      port,
      secure: port === 465,
      requireTLS: useTls && port !== 465,
      ignoreTLS: !useTls && port !== 465,
      auth: user ? { user, pass: password ?? '' } : undefined,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** False in production without EMAIL_HOST: mails then wait until they expire. */
  get canSend(): boolean {
    return this.smtp !== undefined || !this.config.production;
  }

  /** Hands the letter over. Throws LetterRefused when it never will be, any other error when it may be tried again. */
  async send(letter: Letter): Promise<void> {
    if (!isOneAddress(letter.to) || /[\r\n]/.test(letter.subject)) throw new LetterRefused('the letter is malformed');
    if (!this.smtp) return this.intoOutbox(letter);
    const domain = this.config.mail.from.split('@')[1] ?? 'localhost';
    try {
      await this.smtp.sendMail({
        from: this.config.mail.from,
        // an object is taken as one address; a string would be parsed as a list
        to: { name: '', address: letter.to },
        subject: letter.subject,
        text: letter.text,
        messageId: `<${letter.id}@${domain}>`,
      });
    } catch (error) {
      const { responseCode, message } = error as { responseCode?: number; message: string };
      // 5xx speaks of this letter; a failed sign-in (535) speaks of our configuration and may be mended
      if (responseCode && responseCode >= 500 && responseCode !== 535) throw new LetterRefused(message);
      throw error;
    }
  }

  private async intoOutbox(letter: Letter): Promise<void> {
    const folder = path.join(this.config.dataDir, 'outbox');
    await fs.mkdir(folder, { recursive: true });
    const file = path.join(folder, `${letter.id}.txt`);
    const head = [`To: ${letter.to}`, `From: ${this.config.mail.from}`, `Subject: ${letter.subject}`];
    await fs.writeFile(file, `${head.join('\n')}\n\n${letter.text}\n`, { mode: 0o600 });
    this.logger.log(`"${letter.subject}" to ${letter.to} is in ${file} (EMAIL_HOST is not set)`);
  }
}
