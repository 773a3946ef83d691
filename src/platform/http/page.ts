import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Invalid } from '../errors';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

/** Input of a list: how many rows, and from where. Lists extend it with their filters. */
export class PageQuery {
  /**
   * How many rows at the most.
   * @example 50
   */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit: number = DEFAULT_LIMIT;

  /**
   * `next_cursor` of the page before; opaque.
   */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** The values a page is continued after: the sort keys of its last row, the row's id last. */
export type CursorKey = (string | number)[];

export const encodeCursor = (key: CursorKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** Reads a cursor of `length` values; throws Invalid naming `cursor` when it is not one of ours. */
export function decodeCursor(cursor: string | undefined, length: number): CursorKey | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((v) => typeof v === 'string' || typeof v === 'number')
    ) {
      return key as CursorKey;
    }
  } catch {
    // falls through to the refusal
  }
  throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
}

/** A page: rows shown, and the cursor after them. */
export interface Page<Row> {
  rows: Row[];
  nextCursor: string | null;
}

/** Cuts what was read with `limit + 1` to a page; no count is needed to know whether there is more. */
export function pageOf<Row>(rows: Row[], limit: number, key: (row: Row) => CursorKey): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, nextCursor: rows.length > limit && last ? encodeCursor(key(last)) : null };
}

/** Where a list that is sorted newest first goes on. */
export interface TimeCursor {
  at: string;
  id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads a cursor of (time, row id), each checked to be one, so that a made-up cursor is 400 and no fault of ours. */
export function decodeTimeCursor(cursor: string | undefined): TimeCursor | undefined {
  const key = decodeCursor(cursor, 2);
  if (!key) return undefined;
  const [time, id] = key;
  const at = new Date(typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 || at.getUTCFullYear() < 0 || !isUuid(id)) {
    throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
  }
  return { at: at.toISOString(), id };
}

/** Whether `value` is the text of a UUID. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** The cursor key of a row in a list that is sorted newest first. */
export const timeKey = (row: { created_at: Date; id: string }): CursorKey => [row.created_at.toISOString(), row.id];
