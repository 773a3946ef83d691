import { isDeepStrictEqual } from 'node:util';
import { parsePhone, type Phone } from '../../../platform/phone/phone';
import type { Changes, LeadRow } from '../leads/lead.entity';
import type { DialerLead } from './dialer-lead.dto';
import type { ReadLead } from './read-lead';
import { readEpoch, readMoment } from './read-value';

/** What of a lead can change. */
export type LeadValues = Omit<LeadRow, 'id' | 'number' | 'created_at' | 'updated_at' | 'search_text'>;

/** Fields whose value is the column of that name. */
const COLUMNS = [
  'title',
  'first_name',
  'middle_initial',
  'last_name',
  'email',
  'gender',
  'date_of_birth',
  'address1',
  'address2',
  'address3',
  'city',
  'state',
  'province',
  'postal_code',
  'country_code',
  'comments',
  'vendor_id',
  'list_id',
  'campaign',
  'energy_bill_amount',
  'has_ev_charger',
  'day_night_rate',
  'has_previous_quotes',
  'previous_quotes_details',
] as const satisfies readonly (keyof DialerLead & keyof LeadRow)[];

/** Fields that have another way into the lead than `call_data`. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...COLUMNS,
  'dialer_user_id',
  'user',
  'lead_id',
  'phone',
  'phone_number',
  'alt_phone',
  'full_name',
  'fullname',
  'recording_file',
  'recording_filename',
]);

/** Further names a lead's `dialer_data` may gather over its life before only the newest are kept. */
const MAX_GATHERED = 300;

/** What a new lead begins from. */
const BLANK: LeadValues = Object.freeze({
  status: 'interested',
  title: null,
  first_name: null,
  middle_initial: null,
  last_name: null,
  full_name: null,
  phone: null,
  phone_e164: null,
  alt_phone: null,
  email: null,
  gender: null,
  date_of_birth: null,
  address1: null,
  address2: null,
  address3: null,
  city: null,
  state: null,
  province: null,
  postal_code: null,
  country_code: null,
  comments: null,
  notes: null,
  vendor_id: null,
  list_id: null,
  campaign: null,
  recording_file: null,
  dialer_lead_id: null,
  called_at: null,
  energy_bill_amount: null,
  has_ev_charger: null,
  day_night_rate: null,
  has_previous_quotes: null,
  previous_quotes_details: null,
  call_data: {},
  dialer_data: {},
  customer_id: null,
  assigned_agent_id: null,
  last_agent_id: null,
  appointment_at: null,
  appointment_notes: null,
});

/** The names of all columns that a lead is written with. */
export const LEAD_COLUMNS = Object.keys(BLANK) as (keyof LeadValues)[];

/** The number sent, as text and as what it is matched on. */
export interface SentPhone {
  text: string | null;
  e164: string | null;
}

/**
 * The number of the lead: `phone`, else `phone_number`; the one that can be read wins over one that cannot. A national
 * number is read by `phone_code`, else `country_code`, else `defaultCountry`.
 */
export function sentPhone(known: DialerLead, defaultCountry: string): SentPhone {
  const texts = [known.phone, known.phone_number].filter((text) => text !== undefined);
  for (const text of texts) {
    const phone = readPhone(text, known, defaultCountry);
    if (phone) return { text: text.trim(), e164: phone.e164 };
  }
  return { text: texts[0]?.trim() ?? null, e164: null };
}

function readPhone(text: string, known: DialerLead, defaultCountry: string): Phone | undefined {
  const ways = [{ callingCode: known.phone_code }, { country: known.country_code }, { country: defaultCountry }];
  for (const way of ways) {
    const phone = parsePhone(text, { ...way, spaceMayBePlus: true });
    if (phone) return phone;
  }
  return undefined;
}

/** What comes in for a lead, once it is known who sends it and whether the number is free. */
export interface Incoming {
  read: ReadLead;
  phone: SentPhone;
  /** The number belongs to another lead: it is kept as text and not moved. */
  phoneIsTaken: boolean;
  agentId: string;
  zone: string;
}

/** The lead as it shall be. A field that is absent never erases one that is there. */
export function mergeLead(current: LeadValues | undefined, incoming: Incoming): LeadValues {
  const { known, extra } = incoming.read;
  const next: LeadValues = { ...(current ?? BLANK) };
  for (const column of COLUMNS) {
    if (known[column] !== undefined) Object.assign(next, { [column]: known[column] });
  }
  next.full_name = nameOf(next, known);
  next.alt_phone = known.alt_phone?.trim() ?? next.alt_phone;
  next.recording_file = known.recording_file ?? known.recording_filename ?? next.recording_file;
  next.dialer_lead_id = known.lead_id ?? next.dialer_lead_id;
  next.phone = incoming.phone.text ?? next.phone;
  if (incoming.phone.e164 && !incoming.phoneIsTaken) next.phone_e164 = incoming.phone.e164;
  next.called_at = readEpoch(known.epoch) ?? readMoment(known.SQLdate, incoming.zone) ?? next.called_at;
  // What people have written in the meantime stays, unless the dialer says something it has not said before
  if (known.notes !== undefined && known.notes !== next.call_data['notes']) next.notes = known.notes;
  next.call_data = { ...next.call_data, ...callData(known) };
  next.dialer_data = gathered(next.dialer_data, extra);
  next.assigned_agent_id ??= incoming.agentId;
  next.last_agent_id = incoming.agentId;
  return next;
}

/** Components win: dialers put the agent's own name into `fullname`. */
function nameOf(next: LeadValues, known: DialerLead): string | null {
  if (next.first_name ?? next.last_name) {
    return [next.title, next.first_name, next.middle_initial, next.last_name].filter(Boolean).join(' ');
  }
  return known.full_name ?? known.fullname ?? next.full_name;
}

function callData(known: DialerLead): Record<string, string> {
  const data: Record<string, string> = {};
  for (const [name, value] of Object.entries(known)) {
    if (typeof value === 'string' && !ELSEWHERE.has(name)) data[name] = value;
  }
  return data;
}

function gathered(before: Record<string, unknown>, extra: Record<string, unknown>): Record<string, unknown> {
  const both = { ...before, ...extra };
  return Object.keys(both).length > MAX_GATHERED ? extra : both;
}

/** What differs between two states of a lead; of objects only the members that do. */
export function changesBetween(before: LeadValues, after: LeadValues): Changes {
  const changes: Changes = {};
  for (const column of LEAD_COLUMNS) {
    const from = before[column];
    const to = after[column];
    if (isDeepStrictEqual(from, to)) continue;
    if (column !== 'call_data' && column !== 'dialer_data') changes[column] = { from, to };
    else Object.assign(changes, memberChanges(column, from as Members, to as Members));
  }
  return changes;
}

type Members = Record<string, unknown>;

function memberChanges(column: string, from: Members, to: Members): Changes {
  const changes: Changes = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (isDeepStrictEqual(from[name], to[name])) continue;
    changes[`${column}.${name}`] = { from: from[name] ?? null, to: to[name] ?? null };
  }
  return changes;
}
