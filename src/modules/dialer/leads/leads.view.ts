import type { LeadChangeRow } from './lead.entity';
import { LeadView } from './lead.view';

/** One lead. */
export class LeadReply {
  /** @example true */
  success: true;

  lead: LeadView;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** A page of leads, newest first. */
export class LeadsReply {
  /** @example true */
  success: true;

  leads: LeadView[];

  /**
   * How many are on this page.
   * @example 1
   */
  count: number;

  /** Where the next page begins; null at the end. */
  next_cursor: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** A change of a lead. */
export class LeadChangeView {
  /** @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f" */
  change_id: string;

  /**
   * `user`, `api_key`, `dialer` or `system`.
   * @example "user"
   */
  changed_by_kind: string;

  /**
   * Who: the agent's code where an agent did it, else the id of the user or key.
   * @example "AGT-001"
   */
  changed_by: string;

  /**
   * Each field with its value before and after.
   * @example {"status": {"from": "interested", "to": "qualified"}}
   */
  changes: Record<string, unknown>;

  /** @example "2025-01-15T10:30:00.000Z" */
  changed_at: string;
}

/** A page of a lead's history, newest first. */
export class LeadHistoryReply {
  /** @example true */
  success: true;

  history: LeadChangeView[];

  /** @example 1 */
  count: number;

  /** Where the next page begins; null at the end. */
  next_cursor: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** What of a change leaves the house. */
export const leadChangeView = (row: LeadChangeRow): LeadChangeView => ({
  change_id: row.id,
  changed_by_kind: row.actor.kind,
  changed_by: row.actor.agent ?? row.actor.id,
  changes: row.changes,
  changed_at: row.created_at.toISOString(),
});
