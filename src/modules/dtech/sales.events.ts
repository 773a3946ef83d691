import { defineEvent, type JsonSchema } from '../../platform/events/define-event';
import type { SalesProcessView } from './processes/sales-process.view';
import type { RecordingView } from './recordings/recording.view';

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

/** A recording of a sale changed: its status, or how much of it has been sent. */
export const saleRecordingUpdated = defineEvent<RecordingView>({
  name: 'sale.recording.updated',
  live: 'sale:recording:updated',
  description: 'A recording of a sale changed its status, or a further part of it has been sent',
  schema: {
    type: 'object',
    required: ['upload_id', 'recording_id', 'sales_process_id', 'status', 'file_name', 'recorded_at'],
    properties: {
      upload_id: { type: 'string', format: 'uuid' },
      recording_id: textOrNull,
      sales_process_id: { type: 'string' },
      status: { enum: ['pending', 'uploading', 'complete', 'failed'] },
      file_name: { type: 'string' },
      recorded_at: { type: 'string', format: 'date-time' },
      ended_at: { type: 'string', format: 'date-time' },
      source: { enum: ['two_step', 'upload', 'call'] },
      content_type: { type: 'string' },
      size_bytes: { type: ['integer', 'null'] },
      sent_bytes: { type: 'integer' },
      attempts: { type: 'integer' },
      next_attempt_at: textOrNull,
      failure_code: textOrNull,
      failure: textOrNull,
      completed_at: textOrNull,
      created_at: { type: 'string', format: 'date-time' },
      updated_at: { type: 'string', format: 'date-time' },
    },
  },
  example: {
    upload_id: '0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f',
    recording_id: '9b1e2c30-12f4-4d0b-9d51-3c7a2f3b1c10',
    sales_process_id: '5f2b9c1e-8f4d-4d0b-9d51-3c7a2f3b1c10',
    status: 'complete',
    file_name: 'recording.wav',
    recorded_at: '2025-06-08T10:15:00.000Z',
    ended_at: '2025-06-08T10:20:00.000Z',
    source: 'upload',
    content_type: 'audio/wav',
    size_bytes: 1_048_576,
    sent_bytes: 1_048_576,
    attempts: 1,
    next_attempt_at: null,
    failure_code: null,
    failure: null,
    completed_at: '2025-06-08T10:21:00.000Z',
    created_at: '2025-06-08T10:20:30.000Z',
    updated_at: '2025-06-08T10:21:00.000Z',
  },
});
