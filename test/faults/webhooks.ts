import fs from 'node:fs';
import path from 'node:path';
import { machine } from '../../bench/write-section';
import { build } from '../support/product';
import { type FaultReport, FaultRun } from './webhooks/fault-run';

// npm run faults:webhooks: kills, cuts and misbehaves while events are delivered, and writes what came of it into
// docs/faults.md. SEED, EVENTS, FAULTS, EVERY_MS and REDIS=true change the plan; the same seed gives the same faults.

const FILE = path.resolve(__dirname, '../../docs/faults.md');

async function main(): Promise<void> {
  build();
  const report = await new FaultRun({
    seed: Number(process.env.SEED ?? 20251121),
    events: Number(process.env.EVENTS ?? 50_000),
    faults: Number(process.env.FAULTS ?? 110),
    everyMs: Number(process.env.EVERY_MS ?? 4_000),
    redis: process.env.REDIS === 'true',
    log: (line) => console.log(`${new Date().toISOString()} ${line}`),
  }).run();
  console.log(JSON.stringify(report, null, 2));
  write(report);
  process.exit(report.lost === 0 && report.forgotten === 0 ? 0 : 1);
}

function write(report: FaultReport): void {
  const name = `webhooks-${report.store}`;
  const [begin, end] = [`<!-- faults:${name} -->`, `<!-- /faults:${name} -->`];
  const text = fs.existsSync(FILE) ? fs.readFileSync(FILE, 'utf8') : '# Faults\n';
  const section = `${begin}\n${sectionOf(report)}\n${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  fs.writeFileSync(
    FILE,
    from === -1 ? `${text.trim()}\n\n${section}\n` : text.slice(0, from) + section + text.slice(to + end.length),
  );
}

function sectionOf(report: FaultReport): string {
  const faults = Object.values(report.faults).reduce((sum, n) => sum + n, 0);
  const share = ((100 * report.duplicates) / report.deliveries).toFixed(2);
  const command = `${report.store === 'redis' ? 'REDIS=true ' : ''}SEED=${report.seed} npm run faults:webhooks`;
  return `## Webhooks, bells on ${report.store === 'redis' ? 'Redis' : 'PostgreSQL'}

\`${command}\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}.
One API process and two workers of the built product, started again 200 ms after they die; ${report.seconds} s in all.
Eight endpoints: four healthy, two that misbehave, one that misbehaves and wants order per object, one with outages.

| | |
|---|---|
| events committed | ${report.events.toLocaleString('en')} |
| deliveries owed | ${report.deliveries.toLocaleString('en')} |
| faults | ${faults} |
| **lost** | **${report.lost}** |
| acknowledged by the API and not there afterwards | ${report.forgotten} |
| accepted more than once, under the same \`webhook-id\` | ${report.duplicates} (${share} %) |
| signatures the official library refused | ${report.badSignatures} |
| accepted out of order by the endpoint that wants order | ${report.outOfOrder} |
| requests received | ${report.requests.toLocaleString('en')} |

Recovery: seconds from a fault until everything that had happened before it was delivered to the healthy endpoints, while
the next faults already came.

| fault | times | median | worst |
|---|---|---|---|
${Object.entries(report.recovery)
  .map(
    ([kind, { median, worst }]) => `| ${kind} | ${report.faults[kind]} | ${median.toFixed(1)} | ${worst.toFixed(1)} |`,
  )
  .join('\n')}

What the endpoints did: ${Object.entries(report.answers)
    .map(([what, n]) => `${what} ${n.toLocaleString('en')}`)
    .join(', ')}.`;
}

void main();
