// npm run faults:floor: three processes, 200 agents and 5,000 callers at random, one process killed in the middle and
// replaced. Looks all the while, and at the end, whether what must hold holds; fails when something does not.
import 'reflect-metadata';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { machine, writeSection } from '../../bench/write-section';
import { createDatabase, databaseUrl, TEMPLATE } from '../support/databases';
import setup from '../support/global-setup';
import teardown from '../support/global-teardown';
import { FloorSimulation, type Outcome } from '../support/floor/simulation';

const PROCESSES = 3;
const AGENTS = Number(process.env.FLOOR_AGENTS ?? 200);
const CALLS = Number(process.env.FLOOR_CALLS ?? 5000);

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${name} ${n.toLocaleString('en')}`)
    .join(', ');

function report(outcome: Outcome): void {
  const wrong = [...outcome.broken, ...outcome.unfinished, ...outcome.unexpected];
  writeSection(
    'floor',
    'The call floor, with a process killed',
    [
      `\`npm run faults:floor\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}.`,
      '',
      `${PROCESSES} processes, ${AGENTS} agents, ${outcome.calls.toLocaleString('en')} callers with random answers, rejects, time-outs, hang-ups, holds and transfers (cold,`,
      `to an agent, warm); kill -9 of one process in the middle (${outcome.lost} requests died with it), replaced by another. ${outcome.seconds} s.`,
      '',
      `- Looked ${outcome.checks.toLocaleString('en')} times while it ran, and once when all was quiet. ${wrong.length === 0 ? 'Nothing was wrong: no call lost, stuck, offered twice or in two hands, nobody over his limit, all times add up, each end told once.' : `Wrong: ${wrong.join('; ')}.`}`,
      `- Calls: ${list(outcome.statuses)}.`,
      `- Offers: ${list(outcome.offers)}.`,
    ].join('\n'),
  );
  process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  process.exitCode = wrong.length === 0 && outcome.calls === CALLS ? 0 : 1;
}

async function main(): Promise<void> {
  await setup();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-floor-'));
  await createDatabase('floor', TEMPLATE);
  let said = 0;
  const outcome = await new FloorSimulation({
    databaseUrl: databaseUrl('floor'),
    dataDir,
    processes: PROCESSES,
    agents: AGENTS,
    calls: CALLS,
    perSecond: 100,
    killAt: Math.round(CALLS * 0.4),
    replace: true,
    stuckMs: 60_000,
    say: (line) => {
      if (Date.now() - said > 2000 || line.startsWith('killed')) process.stderr.write(`${line}\n`);
      said = Date.now();
    },
  }).run();
  report(outcome);
  fs.rmSync(dataDir, { recursive: true, force: true });
  await teardown();
  process.exit();
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
