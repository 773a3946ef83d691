import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Mailer } from '../../src/platform/mail/mailer';
import { retryDelaySeconds } from '../../src/platform/mail/mail-worker';
import { MailTransport } from '../../src/platform/mail/transport';
import { mailsTo } from '../support/outbox';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

/** A mail server on loopback that answers each RCPT and DATA as the test says and keeps what it was given. */
class FakeSmtp {
  readonly letters: { to: string[]; text: string }[] = [];
  answerToData = () => '250 kept';
  private readonly server = net.createServer((socket) => this.talk(socket));

  async start(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as net.AddressInfo).port;
  }

  stop(): void {
    this.server.close();
  }

  private talk(socket: net.Socket): void {
    let to: string[] = [];
    let data: string | undefined;
    let rest = '';
    socket.on('error', () => undefined);
    socket.write('220 fake\r\n');
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (data !== undefined) {
          if (line !== '.') data += `${line}\n`;
          else {
            const answer = this.answerToData();
            if (answer.startsWith('250')) this.letters.push({ to, text: data });
            [to, data] = [[], undefined];
            socket.write(`${answer}\r\n`);
          }
        } else if (/^RCPT TO:/i.test(line)) {
          to.push(line.slice(8));
          socket.write('250 ok\r\n');
        } else if (/^DATA/i.test(line)) {
          data = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  }
}

const template = {
  name: 'test.hello',
  render: ({ word }: Record<string, unknown>) =>
    word === 'gone' ? undefined : { subject: 'Hello', text: `A ${word}` },
};
const owe = (app: TestApp, to: string, word = 'word') =>
  app.database.transaction((tx) =>
    app.nest.get(Mailer).owe(tx, { template: template.name, to, data: { word }, deliverWithinMinutes: 60 }),
  );
const row = (app: TestApp, to: string) =>
  app.database.read.one<{ status: string; attempts: number; data: object; last_error: string; id: string }>(
    'select * from mail where to_address = $1',
    [to],
  );
const settled = (app: TestApp, to: string, status: string) =>
  waitFor(`the mail to ${to} to be ${status}`, async () => {
    const found = await row(app, to);
    return found?.status === status && found;
  });

describe('mail without a mail server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    app.nest.get(Mailer).register(template);
  });
  afterAll(() => app.close());

  it('lands readable in the outbox, once, and the row forgets what it was about', async () => {
    await owe(app, 'reader@example.com');
    const mail = await settled(app, 'reader@example.com', 'sent');
    expect(mail.data).toEqual({});
    expect(mailsTo(app, 'reader@example.com')).toEqual([
      'To: reader@example.com\nFrom: no-reply@localhost\nSubject: Hello\n\nA word\n',
    ]);
    const { mode } = fs.statSync(path.join(app.dataDir, 'outbox', `${mail.id}.txt`));
    expect(mode & 0o077).toBe(0);
  });

  it('is not sent when the transaction is rolled back, nor when the occasion has passed', async () => {
    await app.database
      .transaction(async (tx) => {
        const mail = { template: template.name, to: 'never@example.com', data: {}, deliverWithinMinutes: 60 };
        await app.nest.get(Mailer).owe(tx, mail);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await owe(app, 'late@example.com', 'gone');
    await settled(app, 'late@example.com', 'expired');
    expect(await row(app, 'never@example.com')).toBeUndefined();
    expect(mailsTo(app, 'late@example.com')).toEqual([]);
  });

  it.each([
    'a@example.com\r\nBcc: evil@example.com',
    'a@example.com, evil@example.com',
    'Name <a@example.com>',
    '"a b"@example.com',
    'a@example.com;evil@example.com',
    'a@example.com ',
    'nobody',
    '',
  ])('refuses %j as an address', async (to) => {
    await expect(owe(app, to)).rejects.toThrow(/not valid/);
  });
});

describe('mail in production without a mail server', () => {
  it('is not sent and does not stop the start', async () => {
    const app = await startTestApp({
      env: {
        NODE_ENV: 'production',
        SECRET_KEY: randomBytes(32).toString('hex'),
        ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
        DIALER_API_KEY: randomBytes(24).toString('hex'),
        RATE_LIMIT_SCALE: '1',
      },
    });
    try {
      app.nest.get(Mailer).register(template);
      expect(app.nest.get(MailTransport, { strict: false }).canSend).toBe(false);
      await owe(app, 'waiting@example.com');
      await app.http.post('/api/auth/password/reset').send({ email: 'nobody@example.com' }).expect(200);
      expect(await row(app, 'waiting@example.com')).toMatchObject({ status: 'owed', attempts: 0 });
    } finally {
      await app.close();
    }
  });
});

describe('mail by SMTP', () => {
  let app: TestApp;
  const smtp = new FakeSmtp();
  beforeAll(async () => {
    const port = await smtp.start();
    app = await startTestApp({
      env: {
        EMAIL_HOST: '127.0.0.1',
        EMAIL_PORT: String(port),
        EMAIL_USE_TLS: 'false',
        EMAIL_FROM: 'calls@example.com',
      },
    });
    app.nest.get(Mailer).register(template);
  });
  afterAll(async () => {
    await app.close();
    smtp.stop();
  });

  it('is handed over to exactly one recipient, under a constant Message-ID', async () => {
    await owe(app, 'one@example.com');
    const { id } = await settled(app, 'one@example.com', 'sent');
    expect(smtp.letters).toHaveLength(1);
    expect(smtp.letters[0]?.to).toEqual(['<one@example.com>']);
    expect(smtp.letters[0]?.text).toContain(`Message-ID: <${id}@example.com>`);
    expect(smtp.letters[0]?.text).toContain('A word');
  });

  it('is tried again later when the server is busy, and given up when it is refused', async () => {
    smtp.answerToData = () => '451 busy';
    await owe(app, 'busy@example.com');
    const waiting = await waitFor('a failed attempt', async () => {
      const found = await row(app, 'busy@example.com');
      return found?.last_error ? found : undefined;
    });
    expect(waiting).toMatchObject({ status: 'owed', attempts: 1 });
    smtp.answerToData = () => '250 kept';
    await app.database.transaction((tx) => tx.rows(`update mail set next_attempt_at = now() where status = 'owed'`));
    await owe(app, 'bell@example.com');
    expect(await settled(app, 'busy@example.com', 'sent')).toMatchObject({ attempts: 2 });
    smtp.answerToData = () => '554 no';
    await owe(app, 'refused@example.com');
    expect((await settled(app, 'refused@example.com', 'failed')).last_error).toContain('554');
  });

  it('is claimed again when its sender died, and by one of several workers', async () => {
    smtp.answerToData = () => '250 kept';
    const before = smtp.letters.length;
    const second = await startTestApp({
      databaseUrl: app.databaseUrl,
      dataDir: app.dataDir,
      env: { EMAIL_HOST: app.config.mail.host ?? '', EMAIL_PORT: String(app.config.mail.port), EMAIL_USE_TLS: 'false' },
    });
    second.nest.get(Mailer).register(template);
    try {
      await Promise.all(Array.from({ length: 20 }, (_, n) => owe(n % 2 ? app : second, `many-${n}@example.com`)));
      await Promise.all(Array.from({ length: 20 }, (_, n) => settled(app, `many-${n}@example.com`, 'sent')));
      expect(smtp.letters).toHaveLength(before + 20);
    } finally {
      await second.close();
    }
    // what a sender that died leaves behind: a claim whose lease is over
    await app.database.transaction(async (tx) => {
      await tx.rows(
        `insert into mail (id, template, to_address, data, attempts, next_attempt_at, deliver_before)
         values (gen_random_uuid(), 'test.hello', 'orphan@example.com', '{"word":"word"}', 1,
           now() - interval '1 second', now() + interval '1 hour')`,
      );
    });
    await owe(app, 'bell-2@example.com');
    expect(await settled(app, 'orphan@example.com', 'sent')).toMatchObject({ attempts: 2 });
  });

  it('waits longer after each failure, never more than an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(retryDelaySeconds)).toEqual([10, 30, 90, 270, 810, 2430, 3600, 3600]);
  });
});
