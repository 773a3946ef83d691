import { defineEvent, type JsonSchema } from '../../platform/events/define-event';
import type { CustomerView } from './customer.view';

const textOrNull = { type: ['string', 'null'] };
const customerSchema: JsonSchema = {
  type: 'object',
  required: ['customer_id', 'id', 'name', 'phone', 'phone_e164', 'email', 'tags', 'anonymised', 'created_at'],
  properties: {
    customer_id: { type: 'string', description: 'CUST-001' },
    id: { type: 'string', format: 'uuid' },
    name: textOrNull,
    phone: { ...textOrNull, description: 'As it was sent' },
    phone_e164: textOrNull,
    email: textOrNull,
    company: textOrNull,
    notes: textOrNull,
    tags: { type: 'array', items: { type: 'string' } },
    source: textOrNull,
    anonymised: { type: 'boolean' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
};

const example: CustomerView = {
  customer_id: 'CUST-001',
  id: '0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f',
  name: 'Ahmed Mohamed',
  phone: '050 123 4567',
  phone_e164: '+966501234567',
  email: 'ahmed@example.com',
  company: null,
  notes: null,
  tags: [],
  source: 'call',
  anonymised: false,
  created_at: '2025-01-15T10:30:00.000Z',
  updated_at: '2025-01-15T10:30:00.000Z',
};

export const contactCreated = defineEvent<CustomerView>({
  name: 'contact.created',
  live: 'contact:created',
  description: 'A person is known who was not: by a call, a lead, a ticket, a CRM or by hand.',
  schema: customerSchema,
  example,
});

export const contactUpdated = defineEvent<CustomerView>({
  name: 'contact.updated',
  live: 'contact:updated',
  description: 'Something about a known person has changed.',
  schema: customerSchema,
  example: { ...example, company: 'Example Trading', updated_at: '2025-01-16T08:00:00.000Z' },
});
