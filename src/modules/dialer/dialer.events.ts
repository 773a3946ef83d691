import { defineEvent, type JsonSchema } from '../../platform/events/define-event';
import { LEAD_STATUSES } from './leads/lead-status';
import type { CallbackView } from './callbacks/callback.view';
import type { LeadView } from './leads/lead.view';

const textOrNull: JsonSchema = { type: ['string', 'null'] };
const TEXTS = [
  ...['full_name', 'title', 'first_name', 'middle_initial', 'last_name', 'phone', 'phone_sent', 'phone_e164'],
  ...['alt_phone', 'email', 'assigned_agent_id', 'assigned_agent_name', 'assigned_agent_username', 'last_agent_id'],
  ...['customer_id', 'dialer_lead_id', 'vendor_id', 'list_id', 'address1', 'address2', 'address3', 'city', 'state'],
  ...['province', 'postal_code', 'country_code', 'gender', 'date_of_birth', 'campaign', 'session_id', 'recording_file'],
  ...['called_at', 'comments', 'notes', 'day_night_rate', 'previous_quotes_details', 'appointment_at'],
  ...['appointment_notes'],
];

const leadSchema: JsonSchema = {
  type: 'object',
  required: ['id', 'status', 'created_at', 'updated_at'],
  properties: {
    id: { type: 'integer' },
    status: { enum: LEAD_STATUSES },
    ...Object.fromEntries(TEXTS.map((name) => [name, textOrNull])),
    energy_bill_amount: { type: ['number', 'null'] },
    has_ev_charger: { type: ['boolean', 'null'] },
    has_previous_quotes: { type: ['boolean', 'null'] },
    call_data: { type: 'object', additionalProperties: { type: 'string' } },
    dialer_data: { type: 'object' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
};

const example: LeadView = {
  id: 123,
  full_name: 'John A Smith',
  title: null,
  first_name: 'John',
  middle_initial: 'A',
  last_name: 'Smith',
  phone: '+447700900123',
  phone_sent: '07700 900123',
  phone_e164: '+447700900123',
  alt_phone: null,
  email: 'john.smith@example.com',
  status: 'interested',
  assigned_agent_id: 'AGT-001',
  assigned_agent_name: 'Caleb Galloway',
  assigned_agent_username: 'CalebG',
  last_agent_id: 'AGT-001',
  customer_id: 'CUST-001',
  dialer_lead_id: 'DIALER_12345',
  vendor_id: 'VENDOR_001',
  list_id: 'LIST_12345',
  address1: '123 Solar Street',
  address2: null,
  address3: null,
  city: 'London',
  state: null,
  province: null,
  postal_code: 'SW1A 1AA',
  country_code: 'GB',
  gender: null,
  date_of_birth: null,
  campaign: 'Solar_Campaign_2024',
  session_id: 'SESSION_12345',
  recording_file: 'recording_12345.wav',
  called_at: '2024-01-15T10:29:30.000Z',
  comments: null,
  notes: 'Interested in solar panels',
  energy_bill_amount: 120.5,
  has_ev_charger: true,
  day_night_rate: 'unsure',
  has_previous_quotes: false,
  previous_quotes_details: null,
  appointment_at: null,
  appointment_notes: null,
  call_data: { session_id: 'SESSION_12345' },
  dialer_data: {},
  created_at: '2024-01-15T10:30:00.000Z',
  updated_at: '2024-01-15T10:30:00.000Z',
};

export const leadCreated = defineEvent<LeadView>({
  name: 'lead.created',
  live: 'lead:created',
  description: 'An agent has sent somebody who is interested.',
  schema: leadSchema,
  example,
});

/** The lead, and the callback where that is what changed. */
export type LeadUpdate = LeadView & { callback?: CallbackView };

export const leadUpdated = defineEvent<LeadUpdate>({
  name: 'lead.updated',
  live: 'lead:updated',
  description: 'Something about a lead has changed: the dialer sent it again, or somebody worked on it.',
  schema: { ...leadSchema, properties: { ...(leadSchema['properties'] as object), callback: { type: 'object' } } },
  example: { ...example, status: 'qualified', updated_at: '2024-01-16T08:00:00.000Z' },
});
