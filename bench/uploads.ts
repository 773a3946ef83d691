// npm run bench:uploads: the memory of the product while ten recordings of 200 MB go through it at once, from clients to
// its storage and from there to the gateway's store; and a worker that is killed in the middle of such a file.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DtechGateway } from '../sandbox/dtech/dtech-gateway';
import { SalesClient } from '../src/clients/sales-client';
import { ACCOUNT, aSale, realm, sellingThrough } from '../test/support/dtech';
import { freePort } from '../test/support/free-port';
import { build, type Product, signIn, startProduct, WITH_ADMIN } from '../test/support/product';
import { machine, writeSection } from './write-section';

const MB = 1024 * 1024;
const SIZE = Number(process.env.BENCH_UPLOAD_MB ?? 200) * MB;
const FILES = 10;
const PROMISED_MB = 80;

/** Resident memory of a process, in MB (Linux). */
const rss = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** A file of noise, and its MD5. Written in pieces: this process is no part of what is measured, but shares the machine. */
function noise(name: string): string {
  const piece = randomBytes(MB);
  const out = fs.openSync(name, 'w');
  const md5 = createHash('md5');
  for (let at = 0; at < SIZE; at += MB) {
    const now = at === 0 ? Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), piece.subarray(12)]) : piece;
    fs.writeSync(out, now);
    md5.update(now);
  }
  fs.closeSync(out);
  return md5.digest('base64');
}

async function main(): Promise<void> {
  build();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-uploads-'));
  fs.chmodSync(directory, 0o755);
  const gateway = new DtechGateway(realm, ACCOUNT);
  const env = {
    DATA_DIR: path.join(directory, 'data'),
    PORT: String(await freePort()),
    ...WITH_ADMIN,
    ...sellingThrough(await gateway.listen()),
  };
  let product: Product | undefined;
  const clientOf = async (running: Product): Promise<SalesClient> =>
    new SalesClient(running.url, await signIn(running));
  const stored = (md5: string) => [...gateway.uploads.values()].filter((upload) => upload.md5 === md5);
  try {
    product = await startProduct(env);
    const client = await clientOf(product);
    const { sales_process_id: spid } = await client.start(aSale());
    const name = path.join(directory, 'recording.wav');
    const md5 = noise(name);

    await wait(10_000);
    const pid = product.child.pid ?? 0;
    const idle = rss(pid);
    const samples: number[] = [];
    const sampling = setInterval(() => samples.push(rss(pid)), 100);
    const began = Date.now();
    const ids = await Promise.all(
      Array.from(
        { length: FILES },
        async (_, n) => (await client.upload(spid, name, { fileName: `${n}.wav` })).upload_id,
      ),
    );
    const received = (Date.now() - began) / 1000;
    const done = await Promise.all(ids.map((id) => client.finished(id)));
    const seconds = (Date.now() - began) / 1000;
    clearInterval(sampling);
    const complete = done.filter((one) => one.status === 'complete').length;
    const right = stored(md5).filter((upload) => upload.puts === 1 && upload.stored?.md5 === md5).length;
    const most = Math.max(...samples);
    await wait(10_000);
    const after = rss(pid);

    gateway.faults = [{ route: '/store/', kind: 'stall', value: SIZE / 2, times: 1 }];
    gateway.uploads.clear();
    const { upload_id } = await client.upload(spid, name);
    while (gateway.stalled === 0) await wait(50);
    product.child.kill('SIGKILL');
    await product.exit;
    const killed = Date.now();
    product = await startProduct(env);
    const recording = await (await clientOf(product)).finished(upload_id);
    const recovered = (Date.now() - killed) / 1000;
    const [one, ...others] = stored(md5);
    const same = recording.status === 'complete' && one?.puts === 1 && one.stored?.md5 === md5 && others.length === 0;

    writeSection(
      'uploads',
      'Recordings on their way',
      `\`npm run bench:uploads\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}. Product with its embedded PostgreSQL,
clients and gateway on that one machine.

${FILES} files of ${SIZE / MB} MB sent at once, each taken to the storage and carried on to the gateway's store:

| | |
|---|---|
| complete, stored once with the same MD5 | ${complete} and ${right} of ${FILES} |
| all received after | ${received.toFixed(1)} s |
| all at the gateway after | ${seconds.toFixed(1)} s |
| resident memory of the product, idle | ${idle.toFixed(0)} MB |
| the most while they went through | ${most.toFixed(0)} MB, ${(most - idle).toFixed(0)} MB over idle (promised: at most ${PROMISED_MB}) |
| ten seconds after | ${after.toFixed(0)} MB |

A worker killed (SIGKILL) after ${SIZE / MB / 2} of ${SIZE / MB} MB: ${same ? 'complete after the restart, uploaded once, same MD5' : `NOT as promised: ${recording.status}, ${1 + others.length} uploads`}; ${recovered.toFixed(0)} s after the kill, ${recording.attempts} attempts.`,
    );
    process.stdout.write(
      `idle ${idle.toFixed(0)} MB, most ${most.toFixed(0)} MB (+${(most - idle).toFixed(0)}), ${complete}/${FILES} complete, ${right} right, ` +
        `received ${received.toFixed(1)} s, all ${seconds.toFixed(1)} s; killed: ${same} after ${recovered.toFixed(0)} s\n`,
    );
    if (most - idle > PROMISED_MB || right !== FILES || !same) process.exitCode = 1;
  } finally {
    if (product && product.child.exitCode === null) product.child.kill('SIGTERM');
    await product?.exit;
    await gateway.close();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

void main();
