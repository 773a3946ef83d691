import fs from 'node:fs';
import path from 'node:path';
import type { TestApp } from './test-app';
import { waitFor } from './wait-for';

/** The texts of the mails that lie in the outbox of this app, to one recipient. */
export function mailsTo(app: TestApp, address: string): string[] {
  const folder = path.join(app.dataDir, 'outbox');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
    .filter((text) => text.startsWith(`To: ${address}\n`));
}

/** Waits for the `count`th mail to a recipient and gives its reset token. */
export async function resetTokenFor(app: TestApp, address: string, count = 1): Promise<string> {
  const mails = await waitFor(`mail ${count} to ${address}`, () => {
    const found = mailsTo(app, address).filter((text) => /#token=\S+\n/.test(text));
    return found.length >= count && found;
  });
  return /#token=(\S+)/.exec(mails.at(count - 1) ?? '')?.[1] ?? '';
}
