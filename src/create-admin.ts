import { isEmail } from 'class-validator';
import readline from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { makeAdmin } from './modules/auth';
import { Config } from './platform/config/config';
import { withDatabase } from './with-database';

const USAGE = 'usage: npm run create-admin [-- --email admin@example.org [--password …]]';

/** `npm run create-admin`: asks for what was not given, makes the admin, says what it did; exits with 1 on a failure. */
export async function createAdmin(argv: string[]): Promise<void> {
  try {
    const config = Config.load();
    const { email, password } = await credentials(argv);
    if (!isEmail(email)) throw new Error('that is not an e-mail address');
    const shortest = config.production ? 12 : 8;
    if (password.length < shortest || password.length > 200) {
      throw new Error(`the password must have ${shortest} to 200 characters`);
    }
    const done = await withDatabase(config, (database) => makeAdmin(database, { email, password }));
    const what = done === 'created' ? 'is a new admin' : 'is now an admin with this password; old sessions have ended';
    process.stdout.write(`${email.trim().toLowerCase()} ${what}\n`);
  } catch (error) {
    process.stderr.write(`no admin was made: ${(error as Error).message.split('\n', 1)[0]}\n${USAGE}\n`);
    process.exitCode = 1;
  }
}

async function credentials(argv: string[]): Promise<{ email: string; password: string }> {
  const { values } = parseArgs({ args: argv, options: { email: { type: 'string' }, password: { type: 'string' } } });
  if (values.email !== undefined && values.password !== undefined) {
    return { email: values.email, password: values.password };
  }
  let isSecret = false;
  const screen = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isSecret) process.stdout.write(chunk as Buffer);
      done();
    },
  });
  const prompt = readline.createInterface({ input: process.stdin, output: screen, terminal: process.stdin.isTTY });
  const lines = prompt[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    isSecret = false;
    process.stdout.write(question);
    isSecret = question.startsWith('Password');
    const { value, done } = await lines.next();
    if (isSecret) process.stdout.write('\n');
    if (done) throw new Error('nothing was entered');
    return value;
  };
  try {
    const email = values.email ?? (await ask('E-mail: '));
    return { email: email.trim(), password: values.password ?? (await ask('Password (not shown): ')) };
  } finally {
    prompt.close();
  }
}
