import { defineEvent, type JsonSchema } from '../../platform/events/define-event';
import type { SalesProcessView } from './processes/sales-process.view';

const textOrNull = { type: ['string', 'null'] };
const schema: JsonSchema = {
  type: 'object',
  required: ['id', 'sales_process_id', 'status', 'agent_id', 'lead_name', 'lead_phone', 'created_at', 'updated_at'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    sales_process_id: textOrNull,
    status: { enum: ['starting', 'unknown', 'in_progress', 'complete', 'stopped', 'failed'] },
    agent_id: { type: 'string', format: 'uuid' },
    lead_name: { type: 'string' },
    lead_phone: { type: 'string' },
    account_id: { type: 'string', format: 'uuid' },
    campaign_code: { type: 'string' },
    lead_origin: { type: 'string' },
    external_reference: textOrNull,
    lead_id: { type: ['integer', 'null'] },
    call_id: textOrNull,
    customer_id: textOrNull,
    stop_reason: textOrNull,
    failure: textOrNull,
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
};

/** A sale without the gateway's page, which lets its bearer act in the sale. */
export type ToldSale = Omit<SalesProcessView, 'url' | 'url_expiry'>;

/** What is told of a sale. */
export function toldSale({ url: _url, url_expiry: _expiry, ...told }: SalesProcessView): ToldSale {
  return told;
}

const example: ToldSale = {
  id: '0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f',
  sales_process_id: '5f2b9c1e-8f4d-4d0b-9d51-3c7a2f3b1c10',
  status: 'in_progress',
  agent_id: '0192f5a0-0000-7cc3-98c4-dc0c0c073900',
  lead_name: 'Jane Smith',
  lead_phone: '(083) 555-5555',
  account_id: '7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11',
  campaign_code: 'CAMPAIGN_01',
  lead_origin: 'Website',
  external_reference: null,
  lead_id: 123,
  call_id: 'CALL-A1B2C3D4',
  customer_id: null,
  stop_reason: null,
  failure: null,
  created_at: '2025-06-08T10:00:00.000Z',
  updated_at: '2025-06-08T10:00:00.000Z',
};

/** A sales process was started at the gateway. */
export const saleStarted = defineEvent<ToldSale>({
  name: 'sale.started',
  live: 'sale:started',
  description: 'A sales process was started at the gateway',
  schema,
  example,
});

/** A sales process changed: its status, or what became of its start. */
export const saleUpdated = defineEvent<ToldSale>({
  name: 'sale.updated',
  live: 'sale:updated',
  description: 'A sales process is complete or stopped, or its start failed or was never answered',
  schema,
  example: { ...example, status: 'complete', updated_at: '2025-06-08T10:30:00.000Z' },
});
