import { SessionsReply } from '../calls.view';

/** The figures of a department's queue; what each means stands in `definitions`. */
export class DepartmentFigures {
  /** @example "sales" */
  department: string;
  /** @example 10 */
  queued: number;
  /** @example 5 */
  answered: number;
  /** @example 3 */
  abandoned: number;
  /** @example 1 */
  callback: number;
  /** @example 1 */
  overflow: number;
  /** @example 0 */
  waiting: number;
  /** @example 3 */
  answered_in_time: number;
  /** @example 1 */
  short_abandons: number;
  /** @example 20 */
  target_seconds: number;
  /** @example 5 */
  short_abandon_seconds: number;
  /** @example 37.5 */
  service_level: number | null;
  /** @example 42.86 */
  service_level_without_short_abandons: number | null;
  /** @example 20.6 */
  average_speed_of_answer: number | null;
  /** @example 30 */
  abandonment_rate: number | null;
  /** @example 184.5 */
  average_handle_time: number | null;
  /** @example 71.2 */
  occupancy: number | null;
}

/** Figures of a time that is over or going on, per department. */
export class MetricsReply {
  /** @example true */
  success: true;
  /** @example "2026-11-08T00:00:00.000Z" */
  from: string;
  /** @example "2026-11-09T00:00:00.000Z" */
  to: string;
  departments: DepartmentFigures[];
  /**
   * What each figure means.
   * @example {"abandonment_rate": "Percent abandoned of all queued waits."}
   */
  definitions: Record<string, string>;
  /** @example "2026-11-09T08:00:00.000Z" */
  timestamp: string;
}

/** A department as it stands this moment. */
export class LiveDepartment {
  /** @example "sales" */
  department: string;
  /** @example 2 */
  waiting: number;
  /** @example 42 */
  longest_wait_seconds: number;
  /** @example 5 */
  calls_in_progress: number;
  /**
   * Agents who work for it, by status.
   * @example {"available": 2, "on_call": 5}
   */
  agents: Record<string, number>;
  /** The same figures as of `metrics`, since midnight in the business time zone. */
  today: DepartmentFigures;
}

/** The departments as they stand this moment. */
export class LiveMetricsReply {
  /** @example true */
  success: true;
  departments: LiveDepartment[];
  /**
   * What each figure means.
   * @example {"abandonment_rate": "Percent abandoned of all queued waits."}
   */
  definitions: Record<string, string>;
  /** @example "2026-11-09T08:00:00.000Z" */
  timestamp: string;
}

/** The days it is about, in the business time zone. */
export class PerformancePeriod {
  /** @example "2026-10-10" */
  start_date: string;
  /** @example "2026-11-08" */
  end_date: string;
  /** @example 30 */
  days: number;
}

/** What an agent's calls add up to. Times are in seconds where the name does not say minutes. */
export class PerformanceSummary {
  /** @example 120 */
  total_calls: number;
  /** @example 110 */
  completed_calls: number;
  /**
   * Percent of his calls that were completed.
   * @example 91.67
   */
  success_rate: number;
  /**
   * Mean seconds of talk and hold per completed call.
   * @example 240
   */
  average_talk_time: number;
  /** @example 4 */
  average_talk_time_minutes: number;
  /**
   * Nobody asks callers yet.
   * @example null
   */
  customer_satisfaction: number | null;
}

/** One day of an agent. */
export class DailyPerformance {
  /** @example "2026-11-08" */
  date: string;
  /** @example 12 */
  total_calls: number;
  /** @example 11 */
  completed_calls: number;
  /** @example 250 */
  avg_talk_time: number;
  /** @example null */
  customer_satisfaction: number | null;
  /** @example 91.67 */
  success_rate: number;
  /**
   * The calls behind these numbers.
   * @example "/api/calls?agent_id=AGT-001&status=all&from=2026-11-08T00:00:00.000Z&to=2026-11-09T00:00:00.000Z"
   */
  calls: string;
}

/** How the agent stands now. */
export class CurrentMetrics {
  /** @example "available" */
  status: string;
  /** @example 12 */
  today_calls: number;
  /** @example 11 */
  completed_calls: number;
  /** @example 1 */
  active_calls: number;
  /** @example 0 */
  missed_offers: number;
}

/** What an agent has done. */
export class PerformanceReply {
  /** @example true */
  success: true;
  /** @example "AGT-001" */
  agent_id: string;
  period: PerformancePeriod;
  summary: PerformanceSummary;
  daily_performance: DailyPerformance[];
  current_metrics: CurrentMetrics;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** An agent's calls, newest first. */
export class CallHistoryOfAgent extends SessionsReply {}
