// npm run setup:appwrite: makes the database, collections, attributes and indexes in Appwrite; safe to run again.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { build } from './start.mjs';

if (fs.existsSync('.env')) {
  const { config } = await import('dotenv');
  config({ path: '.env', quiet: true });
}
build();
await createRequire(import.meta.url)('../dist/src/setup-appwrite.js').setupAppwriteCommand();
