import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';
import { MONITOR_MODES, type MonitorMode } from '../telephony/call-leg.entity';

/** How to take part. */
export class MonitorCall {
  /**
   * listen: unheard; whisper: heard by the agent alone; barge: heard by all.
   * @example "whisper"
   */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value))
  @IsIn(MONITOR_MODES)
  mode: MonitorMode;
}
