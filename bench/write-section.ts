import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const FILE = path.resolve(__dirname, '../docs/benchmarks.md');

/** The machine, in one line. */
export const machine = (): string =>
  `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}, ` +
  `load average ${os
    .loadavg()
    .map((n) => n.toFixed(1))
    .join(' ')} when done`;

/** Writes the section of bench `name` into docs/benchmarks.md, in place of the one it had. */
export function writeSection(name: string, title: string, body: string): void {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const text = fs.existsSync(FILE) ? fs.readFileSync(FILE, 'utf8') : '# Benchmarks\n';
  const section = `${begin}\n## ${title}\n\n${body.trim()}\n${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  const next =
    from === -1 ? `${text.trim()}\n\n${section}\n` : text.slice(0, from) + section + text.slice(to + end.length);
  fs.writeFileSync(FILE, next);
}
