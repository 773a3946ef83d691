import type pg from 'pg';
import { CALL_STATUSES, isLegal, type CallStatus } from '../../../src/modules/calls/call-state';

/** What must never be, at any moment, as SQL that counts its cases. */
const NEVER: Record<string, string> = {
  'calls with two live offers': `select call_id from call_offer where state = 'live' group by call_id having count(*) > 1`,
  'calls in the hands of two agents': `select call_id from agent_slot where call_id is not null and purpose = 'main'
     group by call_id having count(*) > 1`,
  'agents with more calls than they may carry': `select a.id from agent a join agent_slot s on s.agent_id = a.id
     where s.call_id is not null group by a.id having count(*) > a.max_concurrent_calls`,
  "conversations in nobody's hand, or in another's": `select c.id from call c where c.status in ('in_progress', 'on_hold')
     and not exists (select 1 from agent_slot s where s.call_id = c.id and s.purpose = 'main' and s.agent_id = c.assigned_agent_id)`,
  'calls that are over but still in a hand': `select s.id from agent_slot s join call c on c.id = s.call_id where c.ended_at is not null`,
  'calls that are over but wait or are offered': `select c.id from call c where c.ended_at is not null and (
     exists (select 1 from queue_entry q where q.call_id = c.id and q.state <> 'left')
     or exists (select 1 from call_offer o where o.call_id = c.id and o.state = 'live'))`,
  'waiting calls that wait nowhere': `select c.id from call c where c.status = 'in_queue' and not exists (
     select 1 from queue_entry q where q.call_id = c.id and q.state = 'waiting')`,
  'ringing calls that ring at nobody': `select c.id from call c where c.status = 'ringing' and not c.is_carried and not exists (
     select 1 from call_offer o where o.call_id = c.id and o.state = 'live')`,
  'agents who are said to have to do with a call but have none': `select a.id from agent a
     where a.status in ('offered', 'on_call') and not exists (select 1 from agent_slot s where s.agent_id = a.id and s.call_id is not null)`,
  'agents who have a call but are said to be free': `select a.id from agent a
     where a.status not in ('offered', 'on_call') and exists (select 1 from agent_slot s where s.agent_id = a.id and s.call_id is not null)`,
  'calls whose last change is before their beginning or their intervals': `select c.id from call c join call_interval i on i.call_id = c.id
     where i.kind <> 'wrap_up' and i.started_at > c.changed_at`,
};

/** What must be when everything is quiet: nothing lost, nothing stuck, times that add up, each end told once. */
const IN_THE_END: Record<string, string> = {
  'calls that are not over': `select id from call where ended_at is null`,
  'hands that hold something': `select id from agent_slot where call_id is not null`,
  'offers that are live': `select id from call_offer where state = 'live'`,
  'calls whose intervals do not add up to their length': `select c.id from call c join call_interval i on i.call_id = c.id
     where i.kind <> 'wrap_up' group by c.id
    having min(i.started_at) <> c.started_at or max(i.ended_at) <> c.ended_at
        or sum(i.ended_at - i.started_at) <> c.ended_at - c.started_at or bool_or(i.ended_at is null)`,
  'calls whose seconds do not add up': `select id from call where total_duration_seconds
       < queue_time_seconds + ring_time_seconds + talk_time_seconds + hold_time_seconds
    or total_duration_seconds <> floor(extract(epoch from ended_at - started_at))`,
  'histories that run backwards': `select 1 from (select at - lag(at) over (partition by call_id order by position) as step
       from call_change) s where step < interval '0'`,
  'calls whose beginning or end was not told exactly once': `select c.id from call c left join event e on e.aggregate = 'call:' || c.id
     group by c.id having count(*) filter (where e.name = 'call.started') <> 1 or count(*) filter (where e.name = 'call.ended') <> 1`,
  'ended calls without an outcome of their wait': `select id from queue_entry where state = 'left' and outcome is null`,
};

async function cases(client: pg.Client, checks: Record<string, string>): Promise<string[]> {
  // one statement, so that all of it is seen at one moment
  const { rows } = await client.query<{ name: string; n: number }>(
    Object.entries(checks)
      .map(([name, sql]) => `select '${name.replaceAll("'", "''")}' as name, count(*)::int as n from (${sql}) x`)
      .join(' union all '),
  );
  return rows.filter((row) => row.n > 0).map((row) => `${row.n} ${row.name}`);
}

/** What is broken at this moment. */
export const broken = (client: pg.Client): Promise<string[]> => cases(client, NEVER);

/** What is not as it must be when all is quiet, illegal steps in any call's history included. */
export async function unfinished(client: pg.Client): Promise<string[]> {
  const found = [...(await cases(client, NEVER)), ...(await cases(client, IN_THE_END))];
  const { rows } = await client.query<{ from: CallStatus; to: CallStatus; n: number }>(
    `select from_status as "from", to_status as "to", count(*)::int as n from call_change
      where from_status is distinct from to_status and from_status is not null group by 1, 2`,
  );
  for (const { from, to, n } of rows) {
    if (!CALL_STATUSES.includes(to) || !isLegal(from, to)) found.push(`${n} steps from ${from} to ${to}`);
  }
  return found;
}
