import { defineEvent } from '../../platform/events/define-event';
import type { SlaAlert, SlaTarget } from './sla/sla-clock';
import { TICKET_PRIORITIES, TICKET_STATUSES } from './ticket-status';
import type { TicketCommentView, TicketView } from './ticket.view';

const text = { type: 'string' };
const optionalText = { type: ['string', 'null'] };
const time = { type: 'string', format: 'date-time' };
const optionalTime = { type: ['string', 'null'], format: 'date-time' };
const actor = { type: 'object', properties: { kind: text, id: text, agent: optionalText } };
const promise = {
  type: ['object', 'null'],
  properties: {
    target_minutes: { type: ['integer', 'null'] },
    state: text,
    due_at: optionalTime,
    warned_at: optionalTime,
    breached_at: optionalTime,
    met_at: optionalTime,
  },
};

const ticketFields = {
  ticket_id: { type: 'string', pattern: '^TKT-\\d{8}-\\d{4,}$' },
  version: { type: 'integer', minimum: 1 },
  status: { enum: [...TICKET_STATUSES] },
  allowed_statuses: { type: 'array', items: { enum: [...TICKET_STATUSES] } },
  priority: { enum: [...TICKET_PRIORITIES] },
  department: text,
  subject: text,
  description: text,
  customer_id: optionalText,
  customer_name: optionalText,
  customer_phone: optionalText,
  customer_phone_e164: optionalText,
  customer_email: optionalText,
  call_id: optionalText,
  assigned_to: optionalText,
  tags: { type: 'array', items: text },
  notes: optionalText,
  merged_into: optionalText,
  sla: { type: 'object', properties: { first_response: promise, resolution: promise } },
  first_response_at: optionalTime,
  resolved_at: optionalTime,
  closed_at: optionalTime,
  created_by: actor,
  created_at: time,
  updated_at: time,
};

const example: TicketView = {
  ticket_id: 'TKT-20241108-0001',
  version: 1,
  status: 'open',
  allowed_statuses: ['in_progress', 'pending', 'resolved', 'closed'],
  priority: 'high',
  department: 'complaints',
  subject: 'Delivery Issue',
  description: 'Package not received',
  customer_id: 'CUST-001',
  customer_name: 'Ahmed Mohamed',
  customer_phone: '+966501234567',
  customer_phone_e164: '+966501234567',
  customer_email: null,
  call_id: null,
  assigned_to: null,
  tags: [],
  notes: null,
  merged_into: null,
  sla: {
    first_response: {
      target_minutes: 60,
      state: 'running',
      due_at: '2024-11-09T10:00:00.000Z',
      warned_at: null,
      breached_at: null,
      met_at: null,
    },
    resolution: {
      target_minutes: 480,
      state: 'running',
      due_at: '2024-11-09T17:00:00.000Z',
      warned_at: null,
      breached_at: null,
      met_at: null,
    },
  },
  first_response_at: null,
  resolved_at: null,
  closed_at: null,
  created_by: { kind: 'user', id: '0192f3a4-5b6c-7d8e-9f00-112233445566', agent: 'AGT-001' },
  created_at: '2024-11-08T12:00:00.000Z',
  updated_at: '2024-11-08T12:00:00.000Z',
};

/** What `ticket.updated` tells: which ticket, its state, the fields that changed with their new values. */
export interface TicketUpdate extends Partial<TicketView> {
  ticket_id: string;
  version: number;
  status: TicketView['status'];
  updated_at: string;
  /** Names of the fields that changed; `comments` when something was said, `sla` when a target was warned of or missed. */
  changed: string[];
  /** What was said. */
  comment?: TicketCommentView;
  /** The ticket that was merged into this one. */
  merged_from?: string;
  /** The target that is near its end or past it. */
  sla_alert?: { target: SlaTarget; alert: SlaAlert; due_at: string };
}

export const ticketCreated = defineEvent<TicketView>({
  name: 'ticket.created',
  live: 'ticket:created',
  description: 'A ticket was opened. The data is the ticket.',
  schema: { type: 'object', properties: ticketFields, required: Object.keys(ticketFields) },
  example,
});

export const ticketUpdated = defineEvent<TicketUpdate>({
  name: 'ticket.updated',
  live: 'ticket:updated',
  description:
    'A ticket was edited, commented on or merged, or one of its targets was warned of (`sla_alert.alert: warning`) or ' +
    'missed (`breached`). The data is what changed, with its new values; `changed` names it.',
  schema: {
    type: 'object',
    properties: {
      ...ticketFields,
      changed: { type: 'array', items: text },
      merged_from: text,
      comment: {
        type: 'object',
        properties: {
          id: text,
          ticket_id: text,
          kind: { enum: ['comment', 'note'] },
          body: text,
          internal: { type: 'boolean' },
          author: actor,
          author_role: text,
          created_at: time,
        },
      },
      sla_alert: {
        type: 'object',
        properties: {
          target: { enum: ['first_response', 'resolution'] },
          alert: { enum: ['warning', 'breached'] },
          due_at: time,
        },
      },
    },
    required: ['ticket_id', 'version', 'status', 'updated_at', 'changed'],
  },
  example: {
    ticket_id: 'TKT-20241108-0001',
    version: 2,
    status: 'resolved',
    resolved_at: '2024-11-08T13:00:00.000Z',
    notes: 'Issue resolved',
    updated_at: '2024-11-08T13:00:00.000Z',
    changed: ['status', 'resolved_at', 'notes'],
  },
});
