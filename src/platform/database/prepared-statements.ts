import type { QueryConfig, QueryResult } from 'pg';

/** What is needed of a connection of the driver. */
export interface Connection {
  query(config: QueryConfig): Promise<QueryResult>;
}

/** Each connection keeps each of them, at some tens of kilobytes; a text beyond these is run as it comes. */
const MOST_TEXTS = 1000;

/**
 * Runs statements as prepared ones: parsed and planned once per connection instead of at each use, which halves what
 * PostgreSQL has to do for a short transaction (ADR 19).
 */
export class PreparedStatements {
  /** Texts that have come once, the oldest first. */
  private readonly seen = new Set<string>();
  private readonly names = new Map<string, string>();
  private generation = 0;

  /**
   * The rows of one statement. Throws the driver's errors. After one that `isStalePlan` knows, everything is prepared
   * anew under other names, so the same may be tried again.
   */
  async rows<Row>(connection: Connection, text: string, values: readonly unknown[]): Promise<Row[]> {
    const name = this.nameOf(text);
    const { generation } = this;
    try {
      const result = await connection.query({ ...(name ? { name } : {}), text, values: values as unknown[] });
      return result.rows as Row[];
    } catch (error) {
      // of many that fail because of one change, the first is enough
      if (isStalePlan(error) && generation === this.generation) {
        this.generation += 1;
        this.names.clear();
      }
      throw error;
    }
  }

  private nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known) return known;
    if (this.names.size >= MOST_TEXTS || !this.hasComeBefore(text)) return undefined;
    const name = `s${this.generation}_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }

  /** A text is prepared when it comes again: one that is made up for one use would only be kept. */
  private hasComeBefore(text: string): boolean {
    if (this.seen.delete(text)) return true;
    this.seen.add(text);
    if (this.seen.size > MOST_TEXTS) this.seen.delete(this.seen.values().next().value as string);
    return false;
  }
}

/**
 * "cached plan must not change result type": a table was altered under a prepared statement. PostgreSQL has no code of its
 * own for it, only that of everything it cannot do, so the function that says it is looked at (plancache.c).
 */
export const isStalePlan = (error: unknown): boolean => {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
};
