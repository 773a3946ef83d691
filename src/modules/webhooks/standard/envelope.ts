/** What the body is made of. */
export interface Told {
  event_id: string;
  event_name: string;
  seq: number;
  occurred_at: Date;
  data: Record<string, unknown>;
  is_test: boolean;
}

/** The body of a delivery: the same bytes at every attempt. `type` is what Standard Webhooks calls `event`. */
export const envelope = (told: Told): string =>
  JSON.stringify({
    event: told.event_name,
    type: told.event_name,
    id: told.event_id,
    seq: told.seq,
    timestamp: told.occurred_at.toISOString(),
    ...(told.is_test ? { test: true } : {}),
    data: told.data,
  });
