/** Where the bar is drawn. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const WIDTH = 30;
const REDRAW_MS = 100;

/** A bar that fills; on no terminal a line for each tenth instead. */
export function progressBar(screen: Screen, label: string): { show(done: number, total: number): void; end(): void } {
  let drawn = 0;
  let tenth = -1;
  let last: [number, number] | undefined;
  const line = (done: number, total: number): string => {
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const filled = Math.round(share * WIDTH);
    return `${label} [${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} % of ${megabytes(total)}`;
  };
  return {
    show(done, total) {
      last = [done, total];
      if (!screen.isTTY) {
        const now = total > 0 ? Math.floor((done / total) * 10) : 10;
        if (now > tenth) screen.write(`${line(done, total)}\n`);
        tenth = Math.max(tenth, now);
      } else if (done >= total || Date.now() - drawn > REDRAW_MS) {
        drawn = Date.now();
        screen.write(`\r${line(done, total)}`.slice(0, screen.columns ?? 120));
      }
    },
    end() {
      if (screen.isTTY && last) screen.write(`\r${line(...last)}\n`);
    },
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
