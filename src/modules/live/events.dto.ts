import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

const toNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
const toList = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : value;

/** Which part of the event log is wanted. */
export class ReadEventsQuery {
  /**
   * Events numbered above this: the `next` of the answer before, or the `seq` of the last event seen. Without it, from
   * the oldest event that is kept.
   * @example 1204
   */
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'must be a whole number' })
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  /**
   * How many events at the most.
   * @example 50
   */
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(200)
  limit: number = 50;

  /**
   * Only events of these types, comma-separated, by live type (`lead:created`) or event name (`lead.created`).
   * @example "lead:created,lead:updated"
   */
  @IsOptional()
  @Transform(toList)
  @ArrayMaxSize(50)
  @Matches(/^[a-z_]{1,40}([.:][a-z_]{1,40}){1,3}$/, { each: true, message: 'must be event types, comma-separated' })
  type?: string[];
}
