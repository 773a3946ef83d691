import type { QueryConfig, QueryResult } from 'pg';

/** What is needed of a connection of the driver. */
export interface Connection {
  query(config: QueryConfig): Promise<QueryResult>;
}

/** `feature_not_supported`: how PostgreSQL says "cached plan must not change result type" after an ALTER TABLE. */
export const STALE_PLAN = '0A000';

/** A text is prepared when it comes again: one that is made up for one use would only be kept. */
const PREPARED_FROM_USE = 2;
/** Each connection keeps each of them, at some tens of kilobytes; a text beyond these is run as it comes. */
const MOST_TEXTS = 1000;

/**
 * Runs statements as prepared ones: parsed and planned once per connection instead of at each use, which halves what
 * PostgreSQL has to do for a short transaction (docs/benchmarks.md, distribution).
 */
export class PreparedStatements {
  private readonly uses = new Map<string, number>();
  private readonly names = new Map<string, string>();
  private generation = 0;

  /** The rows of one statement. Throws the driver's errors. */
  async rows<Row>(connection: Connection, text: string, values: readonly unknown[]): Promise<Row[]> {
    const name = this.nameOf(text);
    const result = await connection.query({ ...(name ? { name } : {}), text, values: values as unknown[] });
    return result.rows as Row[];
  }

  /** All connections prepare everything anew: what they have was planned for tables as they were. */
  forget(): void {
    this.generation += 1;
    this.names.clear();
  }

  private nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known) return known;
    const uses = (this.uses.get(text) ?? 0) + 1;
    if (uses === 1 && this.uses.size >= MOST_TEXTS) return undefined;
    this.uses.set(text, uses);
    if (uses < PREPARED_FROM_USE) return undefined;
    const name = `s${this.generation}_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}
