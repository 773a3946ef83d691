// npm run dtech -- upload --spid … recording.wav: the sales routes of a running server, from the command line.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { build } from './start.mjs';

if (fs.existsSync('.env')) {
  const { config } = await import('dotenv');
  config({ path: '.env', quiet: true });
}
build();
const { dtechCommand } = createRequire(import.meta.url)('../dist/src/clients/dtech-command.js');
process.exitCode = await dtechCommand(process.argv.slice(2), {
  env: process.env,
  screen: process.stderr,
  print: (text) => process.stdout.write(text),
});
