const FAILURES = 3;
const REST_MS = 30_000;
const LONGEST_REST_MS = 300_000;

/**
 * Keeps a provider that is down from costing its time-out again and again: after three failures in a row nobody asks it
 * for half a minute, then one request tries. Each process has its own.
 */
export class CircuitBreaker {
  private failures = 0;
  private restsUntil = 0;
  private trying = false;

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether to ask now; whoever is told yes reports back. */
  mayAsk(): boolean {
    if (this.now() < this.restsUntil) return false;
    if (this.failures < FAILURES) return true;
    if (this.trying) return false;
    this.trying = true;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
    this.restsUntil = 0;
    this.trying = false;
  }

  /** It failed; `restMs` is how long it asked to be left alone. */
  failed(restMs?: number): void {
    this.trying = false;
    this.failures += 1;
    if (restMs !== undefined) this.restsUntil = this.now() + Math.min(restMs, LONGEST_REST_MS);
    else if (this.failures >= FAILURES) this.restsUntil = this.now() + REST_MS;
  }

  /** It failed by what was asked, not by its own health. */
  refused(): void {
    this.trying = false;
  }
}
