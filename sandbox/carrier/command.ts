import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { addressFile } from './provider';

const USAGE = 'usage: npm run carrier -- call [--from +966…] [--press 2] [--say text] [--hang-up-after seconds]';

/** What was asked for; what cannot be read counts as a question for the usage. */
function read() {
  const options = {
    from: { type: 'string' },
    press: { type: 'string' },
    say: { type: 'string' },
    'hang-up-after': { type: 'string' },
  } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch {
    return parseArgs({ args: [], allowPositionals: true, options });
  }
}

/** `npm run carrier -- call`: somebody rings the call centre. */
async function main(): Promise<void> {
  const { values, positionals } = read();
  const file = addressFile(process.env.DATA_DIR);
  if (positionals[0] !== 'call' || !fs.existsSync(file)) {
    console.error(
      fs.existsSync(file) ? USAGE : 'the sandbox carrier is not running: npm start, without TWILIO_ACCOUNT_SID',
    );
    process.exitCode = 1;
    return;
  }
  const response = await fetch(`${fs.readFileSync(file, 'utf8')}/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      from: values.from,
      press: values.press,
      say: values.say,
      hang_up_after: values['hang-up-after'],
    }),
  });
  const call = (await response.json()) as { sid?: string; from?: string };
  console.log(`${call.from} rings: ${call.sid}`);
}

void main();
