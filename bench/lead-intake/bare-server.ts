import 'reflect-metadata';
import express from 'express';
import { randomUUID, timingSafeEqual } from 'node:crypto';
import pg from 'pg';
import '../../src/platform/database/data-source';
import { CustomersRepository } from '../../src/modules/customers/customers.repository';
import { LEAD_COLUMNS } from '../../src/modules/dialer/intake/merge-lead';
import type { LeadValues } from '../../src/modules/dialer/intake/merge-lead';
import { LeadRepository } from '../../src/modules/dialer/leads/lead.repository';
import type { Tx } from '../../src/platform/database/database';
import { newId } from '../../src/platform/time/ids';

// What the product is measured against: Express and pg alone, doing the same statements in the same transactions for
// the same requests. No validation, no guard but the key, no logging, no headers; the fields go straight to the columns.

const KEY = Buffer.from(process.env.DIALER_API_KEY ?? '');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.DATABASE_POOL_SIZE) });
const bell = new pg.Client({ connectionString: process.env.DATABASE_URL });
const leads = new LeadRepository();
const customers = new CustomersRepository();
const AGENT_SQL = `select *, case
       when lower(dialer_user_id) = lower($1) then 1
       when lower(dialer_user_id) = lower($2) then 2 else 3 end as rank
     from agent
    where is_active and (
      lower(dialer_user_id) in (lower($1::text), lower($2::text)) or lower(split_part(email, '@', 1)) = lower($2))
    order by rank limit 2`;
const EVENT_SQL = `insert into event (id, name, aggregate, data, actor, audience_roles, audience_departments, audience_users,
       audience_scope, subject_customer_id, is_test, request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/** The repositories' statements on a bare client. */
const txOn = (client: pg.PoolClient): Tx =>
  ({
    rows: async (sql: string, params: unknown[]) => (await client.query(sql, params)).rows as unknown[],
    one: async (sql: string, params: unknown[]) => (await client.query(sql, params)).rows[0] as unknown,
  }) as unknown as Tx;

let ringing = false;
/** One NOTIFY at a time, as many commits as there are. */
async function ring(): Promise<void> {
  if (ringing) return;
  ringing = true;
  await bell.query(`select pg_notify(c, p) from unnest($1::text[], $2::text[]) as r(c, p)`, [['event_appended'], ['']]);
  ringing = false;
}

const event = (client: pg.PoolClient, name: string, aggregate: string, data: object, scope: string, subject: string) =>
  client.query(EVENT_SQL, [
    newId(),
    name,
    aggregate,
    JSON.stringify(data),
    '{"kind":"dialer","id":"vicidial"}',
    ['agent'],
    [],
    [],
    scope,
    subject,
    false,
    randomUUID(),
  ]);

async function take(fields: Record<string, string>): Promise<object> {
  const agent = (await pool.query(AGENT_SQL, [fields['dialer_user_id'], null])).rows[0] as { id: string };
  const client = await pool.connect();
  try {
    await client.query('START TRANSACTION');
    const tx = txOn(client);
    const phone = fields['phone'] ?? '';
    await leads.takeTurns(tx, [`lead:id:${fields['lead_id']}`, `lead:phone:${phone}`]);
    const [match] = await leads.matching(tx, fields['lead_id'] ?? null, phone);
    if (match) {
      const current = await leads.byNumber(tx, match.number);
      await client.query('COMMIT');
      return { success: true, lead: current, message: 'Lead updated successfully' };
    }
    const blank = Object.fromEntries(LEAD_COLUMNS.map((column) => [column, fields[column] ?? null]));
    const values = {
      ...blank,
      status: 'interested',
      phone_e164: phone,
      dialer_lead_id: fields['lead_id'],
      full_name: `${fields['first_name']} ${fields['last_name']}`,
      call_data: { session_id: fields['session_id'] },
      dialer_data: {},
      assigned_agent_id: agent.id,
      last_agent_id: agent.id,
    } as unknown as LeadValues;
    const person = { phone, phone_e164: phone, name: values.full_name, email: values.email };
    const customer = await customers.findOrInsert(tx, {
      ...person,
      company: null,
      notes: null,
      tags: [],
      source: 'dialer',
    });
    if (!customer) throw new Error('no customer');
    if (customer.is_new)
      await event(client, 'contact.created', `customer:${customer.id}`, customer, 'customers:read', customer.id);
    const made = await leads.insert(tx, { ...values, customer_id: customer.id });
    const lead = { ...values, ...made };
    await event(client, 'lead.created', `lead:${made.number}`, lead, 'leads:read', customer.id);
    await client.query('COMMIT');
    void ring();
    return { success: true, lead, message: 'Lead created successfully' };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/api/leads/from-dialer/', (request, response, next) => {
  const key = Buffer.from(String(request.headers['x-dialer-api-key'] ?? ''));
  if (key.length !== KEY.length || !timingSafeEqual(key, KEY)) {
    response.status(401).json({ error: 'Invalid or missing API key' });
    return;
  }
  take(request.body as Record<string, string>).then((body) => response.status(201).json(body), next);
});
void bell.connect().then(() => {
  app.listen(Number(process.env.PORT), '127.0.0.1', () => process.stderr.write('listening\n'));
});
