import fs from 'node:fs';

/** Stops the server of the run and removes its data. */
export default async function teardown(): Promise<void> {
  const started = globalThis.testServer;
  if (!started) return;
  await started.server.stop();
  fs.rmSync(started.directory, { recursive: true, force: true });
}
