import type { SalesProcessRow, SalesStatus } from './sales-process.entity';

/** A sales process. */
export class SalesProcessView {
  /**
   * Our own key, there from the first moment.
   * @example "0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  id: string;

  /**
   * The gateway's id; null while a start has not been answered.
   * @example "5f2b9c1e-8f4d-4d0b-9d51-3c7a2f3b1c10"
   */
  sales_process_id: string | null;

  /**
   * `in_progress`, `complete` or `stopped`; before the gateway has answered `starting`, `unknown` when its answer was
   * lost, `failed` when it refused.
   * @example "in_progress"
   */
  status: SalesStatus;

  /**
   * Key of the agent who sells.
   * @example "0192f5a0-0000-7cc3-98c4-dc0c0c073900"
   */
  agent_id: string;

  /**
   * Name of the person it is sold to.
   * @example "Jane Smith"
   */
  lead_name: string;

  /**
   * @example "(083) 555-5555"
   */
  lead_phone: string;

  /**
   * @example "7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11"
   */
  account_id: string;

  /**
   * @example "CAMPAIGN_01"
   */
  campaign_code: string;

  /**
   * @example "Website"
   */
  lead_origin: string;

  /**
   * @example "REF-77"
   */
  external_reference: string | null;

  /**
   * Number of the dialer's lead.
   * @example 123
   */
  lead_id: number | null;

  /**
   * The call it was started in.
   * @example "CALL-A1B2C3D4"
   */
  call_id: string | null;

  /**
   * Key of the customer.
   * @example "0192f5a0-6f5e-7cc3-98c4-dc0c0c073111"
   */
  customer_id: string | null;

  /**
   * Page of the gateway in which the sale goes on.
   * @example "https://sales.example.com/page/abc"
   */
  url: string | null;

  /**
   * @example "2025-06-08T11:00:00.000Z"
   */
  url_expiry: string | null;

  /**
   * @example "Customer not interested"
   */
  stop_reason: string | null;

  /**
   * Why it is `failed` or `unknown`.
   * @example null
   */
  failure: string | null;

  /**
   * @example "2025-06-08T10:00:00.000Z"
   */
  created_at: string;

  /**
   * @example "2025-06-08T10:30:00.000Z"
   */
  updated_at: string;
}

/** What is shown of a row. The gateway's page is left out of what is told to others than the caller. */
export const salesProcessView = (row: SalesProcessRow): SalesProcessView => ({
  id: row.id,
  sales_process_id: row.sales_process_id,
  status: row.status,
  agent_id: row.agent_id,
  lead_name: row.lead_name,
  lead_phone: row.lead_phone,
  account_id: row.account_id,
  campaign_code: row.campaign_code,
  lead_origin: row.lead_origin,
  external_reference: row.external_reference,
  lead_id: row.lead_id,
  call_id: row.call_id,
  customer_id: row.customer_id,
  url: row.url,
  url_expiry: row.url_expiry?.toISOString() ?? null,
  stop_reason: row.stop_reason,
  failure: row.failure,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** Answer to a start. */
export class StartSalesReply {
  /**
   * @example "5f2b9c1e-8f4d-4d0b-9d51-3c7a2f3b1c10"
   */
  sales_process_id: string;

  /**
   * Page in which the sale goes on; open it for the agent.
   * @example "https://sales.example.com/page/abc"
   */
  url: string;

  /**
   * When the page ends; ask `continue` for another.
   * @example "2025-06-08T11:00:00.000Z"
   */
  url_expiry: string | null;
}

/** Answer to a continue. */
export class ContinueSalesReply {
  /**
   * @example "https://sales.example.com/page/def"
   */
  url: string;

  /**
   * @example "2025-06-08T11:00:00.000Z"
   */
  url_expiry: string | null;
}

/** What the gateway says of a process. */
export class SalesStatusReply {
  /**
   * @example "5f2b9c1e-8f4d-4d0b-9d51-3c7a2f3b1c10"
   */
  sales_process_id: string;

  /**
   * @example "in_progress"
   */
  status: SalesStatus;

  /** The gateway's answer as it came. */
  gateway: unknown;

  /**
   * @example "2025-06-08T10:30:00.000Z"
   */
  updated_at: string;
}

/** One sales process. */
export class SalesProcessReply {
  /** The process. */
  sales_process: SalesProcessView;
}

/** A page of sales processes. */
export class SalesProcessesReply {
  /** Newest first. */
  sales_processes: SalesProcessView[];

  /**
   * Rows in this page.
   * @example 1
   */
  count: number;

  /**
   * `cursor` of the next page; null at the end.
   * @example null
   */
  next_cursor: string | null;
}
