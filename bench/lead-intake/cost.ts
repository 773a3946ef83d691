import fs from 'node:fs';
import { mergeLead, sentPhone } from '../../src/modules/dialer/intake/merge-lead';
import { readLead } from '../../src/modules/dialer/intake/read-lead';
import { leadView, type LeadRecord } from '../../src/modules/dialer/leads/lead.view';

/** Clock ticks a second of /proc; 100 on every Linux one meets. */
const TICKS = 100;

/** Seconds of processor time that a process has used; with the children it has and had, when asked. Linux only. */
export function cpuSeconds(pid: number, withChildren = false): number {
  if (!withChildren) return ticksOf(pid, [11, 12]) / TICKS;
  const living = childrenOf(pid).reduce((sum, id) => sum + (ticksOf(id, [11, 12]) || 0), 0);
  return (ticksOf(pid, [11, 12, 13, 14]) + living) / TICKS;
}

/** Fields of /proc/<pid>/stat after the name: 11, 12 own time, 13, 14 that of children who have ended. */
function ticksOf(pid: number, wanted: number[]): number {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return wanted.reduce((sum, field) => sum + Number(fields[field]), 0);
  } catch {
    return Number.NaN;
  }
}

function childrenOf(pid: number): number[] {
  const direct = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        return Number(fs.readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
  return [...direct, ...direct.flatMap(childrenOf)];
}

/** Microseconds that one call takes, after a warm-up. */
function microseconds(work: () => unknown): number {
  const runs = 5000;
  for (let n = 0; n < 2000; n += 1) work();
  const start = process.cpuUsage();
  for (let n = 0; n < runs; n += 1) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / runs;
}

/** What the intake's own steps cost, without network and database. */
export function stepCosts(fields: Record<string, string>): [string, number][] {
  const read = readLead(fields);
  const phone = sentPhone(read.known, 'GB');
  const incoming = { read, phone, phoneIsTaken: false, agentId: 'a', zone: 'Europe/London' };
  const values = mergeLead(undefined, incoming);
  const now = new Date();
  const record = { ...values, id: 'x', number: 1, created_at: now, updated_at: now } as unknown as LeadRecord;
  return [
    ['parse the JSON', microseconds(() => JSON.parse(JSON.stringify(fields)) as unknown)],
    ['read and validate the fields', microseconds(() => readLead(fields))],
    ['read the telephone number', microseconds(() => sentPhone(read.known, 'GB'))],
    ['merge into the lead', microseconds(() => mergeLead(undefined, incoming))],
    ['make the view and its JSON', microseconds(() => JSON.stringify(leadView(record)))],
  ];
}
