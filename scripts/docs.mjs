// npm run docs: writes what is generated from the code: docs/openapi.json, docs/events.md, docs/access.md, .env.example.
// With --check it writes nothing and fails when one of them is stale. Needs no database.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './start.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const require = createRequire(import.meta.url);
build();

const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('../dist/src/app.module.js');
const { Config } = require('../dist/src/platform/config/config.js');
const { DatabaseUrl } = require('../dist/src/platform/database/database-url.js');
const { openApiDocument } = require('../dist/src/platform/http/openapi/openapi.js');
const { declaredRoutes } = require('../dist/src/platform/http/routes.js');
const { accessTable } = require('../dist/src/platform/access/access-table.js');
const { eventsDocument } = require('../dist/src/platform/events/events-document.js');
const { envExample } = require('../dist/src/platform/config/env-example.js');

// Nothing is started: in preview mode Nest knows the modules without making their providers
const config = Config.load({
  NODE_ENV: 'development',
  DATABASE_URL: 'postgres://nowhere/none',
  SECRET_KEY: 'only-for-the-documents-and-never-used',
  ENCRYPTION_KEYS: `docs:${Buffer.alloc(32).toString('base64')}`,
});
const app = await NestFactory.create(AppModule.with(config, new DatabaseUrl(config.database.url)), {
  preview: true,
  logger: ['error'],
  abortOnError: false,
});

const files = {
  'docs/openapi.json': `${JSON.stringify(openApiDocument(app), null, 2)}\n`,
  'docs/events.md': eventsDocument(),
  'docs/access.md': accessTable(declaredRoutes(app)),
  '.env.example': envExample(),
};

const stale = Object.entries(files).filter(
  ([file, text]) => !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text,
);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is stale: run npm run docs`);
} else {
  fs.mkdirSync('docs', { recursive: true });
  for (const [file, text] of stale) fs.writeFileSync(file, text);
  console.log(stale.length > 0 ? `written: ${stale.map(([file]) => file).join(', ')}` : 'nothing had changed');
}
process.exit(process.argv.includes('--check') && stale.length > 0 ? 1 : 0);
