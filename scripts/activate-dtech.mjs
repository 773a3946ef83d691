// npm run dtech:activate: exchanges DTech's temporary token for keys, and keeps them sealed in the product's database.
// It works on the database that npm start uses, whether or not that is running.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { build } from './start.mjs';

if (fs.existsSync('.env')) {
  const { config } = await import('dotenv');
  config({ path: '.env', quiet: true });
}
build();
await createRequire(import.meta.url)('../dist/src/activate-dtech.js').activateDtechCommand(process.argv.slice(2));
