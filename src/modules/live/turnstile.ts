/** Lets `places` pieces of work run at once; the others wait in the order they came. */
export class Turnstile {
  private readonly queue: (() => void)[] = [];
  private inside = 0;

  constructor(private readonly places: number) {}

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside >= this.places) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.inside += 1;
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.inside -= 1;
    }
  }
}
