import fs from 'node:fs';
import { parseArgs } from 'node:util';
import type { ContinueSales, StartSales } from '../modules/dtech';
import { progressBar, type Screen } from './progress-bar';
import { calculateFileMd5, SalesClient, SalesError } from './sales-client';

const USAGE = `usage: npm run dtech -- <what> [options]

  upload --spid … recording.wav   give a recording to the server and wait until the gateway has it
      --date-start, --date-end    when it was recorded (ISO 8601); --name another file name; --no-wait do not wait
  recordings --spid …             list the recordings of a sale
  start --input sale.json         start a sales process; the file holds user and lead (- reads standard input)
  continue --spid … --input user.json
  status --spid …
  stop --spid … --reason "…"
  md5 recording.wav               print recording_hash

DTECH_CLI_URL is the server (http://localhost:8000), DTECH_CLI_TOKEN an API key with sales:read and sales:write or an
access token; --account-id, else DIFFERENT_ACCOUNT_ID, names the account.`;

/** What the command is run with; a test gives its own. */
export interface Terminal {
  env: Record<string, string | undefined>;
  screen: Screen;
  print(text: string): void;
}

interface Options {
  spid?: string;
  input?: string;
  reason?: string;
  name?: string;
  'account-id'?: string;
  'date-start'?: string;
  'date-end'?: string;
  'no-wait'?: boolean;
}

const text = { type: 'string' } as const;

/** `npm run dtech -- …`; returns the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function dtechCommand(argv: string[], terminal: Terminal): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        spid: text,
        input: text,
        reason: text,
        name: text,
        'account-id': text,
        'date-start': text,
        'date-end': text,
        'no-wait': { type: 'boolean' },
      },
    });
    const [what, file] = positionals;
    return await run(what, file, values, terminal);
  } catch (error) {
    if (error instanceof NotUnderstood || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) {
      terminal.screen.write(`${(error as Error).message}\n\n${USAGE}\n`);
      return 2;
    }
    terminal.screen.write(`${failure(error)}\n`);
    return 1;
  }
}

class NotUnderstood extends Error {}

async function run(
  what: string | undefined,
  file: string | undefined,
  values: Options,
  terminal: Terminal,
): Promise<number> {
  const { env } = terminal;
  const print = (value: object): number => {
    terminal.print(`${JSON.stringify(value, null, 2)}\n`);
    return 0;
  };
  const client = (): SalesClient =>
    new SalesClient(env.DTECH_CLI_URL || 'http://localhost:8000', needed(env.DTECH_CLI_TOKEN, 'DTECH_CLI_TOKEN'));
  const account = (): string => needed(values['account-id'] ?? env.DIFFERENT_ACCOUNT_ID, '--account-id');
  const spid = (): string => needed(values.spid, '--spid');
  const withAccount = <Input>(): Input =>
    ({ ...read(needed(values.input, '--input')), account_id: account() }) as Input;
  switch (what) {
    case 'upload':
      return upload(client(), spid(), needed(file, 'a file'), values, terminal);
    case 'recordings':
      return print(await client().recordings(spid()));
    case 'start':
      return print(await client().start(withAccount<StartSales>()));
    case 'continue':
      return print(await client().continue(spid(), withAccount<ContinueSales>()));
    case 'status':
      return print(await client().status(spid(), account()));
    case 'stop':
      return print(await client().stop(spid(), { account_id: account(), reason: needed(values.reason, '--reason') }));
    case 'md5':
      terminal.print(`${await calculateFileMd5(needed(file, 'a file'))}\n`);
      return 0;
    default:
      throw new NotUnderstood(what ? `what is ${what}?` : 'what is to be done?');
  }
}

async function upload(
  client: SalesClient,
  spid: string,
  file: string,
  values: Options,
  { screen, print }: Terminal,
): Promise<number> {
  const sending = progressBar(screen, 'to the server ');
  const { upload_id } = await client.upload(spid, file, {
    dateStart: values['date-start'],
    dateEnd: values['date-end'],
    fileName: values.name,
    onProgress: sending.show,
  });
  sending.end();
  if (values['no-wait']) {
    print(`${upload_id}\n`);
    return 0;
  }
  const carrying = progressBar(screen, 'to the gateway');
  const recording = await client.finished(upload_id, carrying.show);
  carrying.end();
  print(`${JSON.stringify(recording, null, 2)}\n`);
  if (recording.status === 'complete') return 0;
  screen.write(`the upload failed: ${recording.failure ?? recording.failure_code ?? 'nobody says why'}\n`);
  return 1;
}

function needed(value: string | undefined, name: string): string {
  if (!value) throw new NotUnderstood(`${name} is missing`);
  return value;
}

function read(file: string): object {
  const value: unknown = JSON.parse(fs.readFileSync(file === '-' ? 0 : file, 'utf8'));
  if (!value || typeof value !== 'object') throw new NotUnderstood(`${file} holds no object`);
  return value;
}

/** One line for the person at the terminal; the fields the server names follow. */
function failure(error: unknown): string {
  if (error instanceof SalesError) {
    const fields = Object.entries(error.details ?? {}).map(([field, words]) => `\n  ${field} ${words}`);
    return `${error.status} ${error.code}: ${error.message}${fields.join('')}`;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' ? 'nobody listens at DTECH_CLI_URL' : message;
}
