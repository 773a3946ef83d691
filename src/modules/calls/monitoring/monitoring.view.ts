import type { MonitorMode } from '../telephony/call-leg.entity';

/** How a supervisor takes part in a call. */
export class MonitorReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  /**
   * null when he does not (any more).
   * @example "whisper"
   */
  mode: MonitorMode | null;
  /** @example "2026-11-08T12:01:06.000Z" */
  timestamp: string;
}
