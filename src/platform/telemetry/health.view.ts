/** The process answers. */
export class HealthReply {
  /**
   * Always `ok`.
   * @example ok
   */
  status: string;

  /**
   * When it was asked.
   * @example 2026-11-21T09:30:00.000Z
   */
  timestamp: string;
}

/** What the process needs to serve. */
export class HealthChecks {
  /**
   * Whether the database answers.
   * @example ok
   */
  database: string;
}

/** The process can serve. */
export class ReadyReply {
  /**
   * Always `ready`; otherwise the answer is 503.
   * @example ready
   */
  status: string;

  /** What was looked at. */
  checks: HealthChecks;

  /**
   * When it was asked.
   * @example 2026-11-21T09:30:00.000Z
   */
  timestamp: string;
}
