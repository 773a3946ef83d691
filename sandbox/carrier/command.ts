import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { addressFile } from './provider';

/** `npm run carrier -- call`: somebody rings the call centre. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      press: { type: 'string' },
      say: { type: 'string' },
      'hang-up-after': { type: 'string' },
    },
  });
  const file = addressFile(process.env.DATA_DIR);
  if (positionals[0] !== 'call' || !fs.existsSync(file)) {
    console.error(
      fs.existsSync(file)
        ? 'usage: npm run carrier -- call [--from +966…] [--press 2] [--say text] [--hang-up-after seconds]'
        : 'the sandbox carrier is not running: npm start, without TWILIO_ACCOUNT_SID',
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
