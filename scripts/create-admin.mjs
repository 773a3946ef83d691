// npm run create-admin: makes an admin, or gives an account that exists an admin's role and a new password.
// It works on the database that npm start uses, whether or not that is running.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { build } from './start.mjs';

if (fs.existsSync('.env')) {
  const { config } = await import('dotenv');
  config({ path: '.env', quiet: true });
}
build();
await createRequire(import.meta.url)('../dist/src/create-admin.js').createAdmin(process.argv.slice(2));
