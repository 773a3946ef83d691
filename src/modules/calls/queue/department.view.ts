import type { DepartmentSetting } from './queue.entity';
import { hoursOf } from './departments';
import { isOpen, type OpeningHours } from './opening-hours';

/** A department and how it answers. */
export class DepartmentView {
  /** @example "sales" */
  name: string;
  /**
   * Whether it answers at this moment.
   * @example true
   */
  is_open: boolean;
  /** @example "Asia/Riyadh" */
  time_zone: string;
  /**
   * null: always open.
   * @example {"sun": [["09:00", "18:00"]]}
   */
  opening_hours: OpeningHours['week'];
  /** @example ["2026-12-25"] */
  holidays: string[];
  /** @example 100 */
  max_queue_length: number | null;
  /** @example 600 */
  max_wait_seconds: number | null;
  /** @example "voicemail" */
  overflow: 'department' | 'voicemail' | 'callback';
  /** @example null */
  overflow_department: string | null;
  /** @example 20 */
  service_level_seconds: number;
  /** @example 5 */
  short_abandon_seconds: number;
}

export const departmentView = (row: DepartmentSetting): DepartmentView => ({
  name: row.name,
  is_open: isOpen(hoursOf(row), new Date()),
  time_zone: row.time_zone,
  opening_hours: row.opening_hours,
  holidays: row.holidays,
  max_queue_length: row.max_queue_length,
  max_wait_seconds: row.max_wait_seconds,
  overflow: row.overflow,
  overflow_department: row.overflow_department,
  service_level_seconds: row.service_level_seconds,
  short_abandon_seconds: row.short_abandon_seconds,
});

/** A department. */
export class DepartmentReply {
  /** @example true */
  success: true;
  department: DepartmentView;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** The departments there are. */
export class DepartmentsReply {
  /** @example true */
  success: true;
  departments: DepartmentView[];
  /** @example 3 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}
