import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';

/** An agent, as processes know him. */
export interface SimulatedAgent {
  id: string;
  code: string;
  userId: string;
}

/** Something a process is told to do. */
export interface Order {
  id: number;
  do:
    | 'ring'
    | 'route'
    | 'hang-up'
    | 'accept'
    | 'reject'
    | 'hold'
    | 'resume'
    | 'transfer'
    | 'transfer-to'
    | 'consult'
    | 'complete'
    | 'cancel'
    | 'end'
    | 'available';
  agent?: SimulatedAgent;
  call?: string;
  department?: string;
  target?: string;
  phone?: string;
  n?: number;
}

/** What came of an order. `lost`: the process died with it, and nobody knows whether it was done. */
export interface Answer {
  id: number;
  value?: string | null;
  error?: string;
  code?: string;
  stack?: string;
  lost?: boolean;
}

/** Some processes of the house, and who is doing what in them. */
export class Processes {
  private readonly children: ChildProcess[] = [];
  private readonly waiting = new Map<number, { child: ChildProcess; resolve: (answer: Answer) => void }>();
  private next = 1;

  /** Starts one more on this database; resolves when it works. */
  async start(databaseUrl: string, env: Record<string, string>): Promise<void> {
    const settings = {
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      SAMPLE_DATA: 'false',
      RATE_LIMIT_SCALE: '0',
      DATABASE_POOL_SIZE: '12',
      ...env,
      DATABASE_URL: databaseUrl,
    };
    const child = fork(path.join(__dirname, 'floor-process.ts'), [JSON.stringify(settings)], {
      execArgv: ['-r', path.resolve(__dirname, '../../../scripts/ts.cjs')],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`a process ended with ${code} before it worked`)));
    });
    child.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.resolve(answer);
      this.waiting.delete(answer.id);
    });
    child.on('exit', () => this.gone(child));
    this.children.push(child);
  }

  private gone(child: ChildProcess): void {
    const index = this.children.indexOf(child);
    if (index >= 0) this.children.splice(index, 1);
    for (const [id, order] of this.waiting) {
      if (order.child !== child) continue;
      this.waiting.delete(id);
      order.resolve({ id, lost: true });
    }
  }

  get count(): number {
    return this.children.length;
  }

  /** Has any of the processes do it. */
  order(order: Omit<Order, 'id'>): Promise<Answer> {
    const able = this.children.filter((one) => one.connected && one.exitCode === null);
    const child = able[this.next % able.length];
    if (!child) throw new Error('no process is left');
    const id = (this.next += 1);
    return new Promise((resolve) => {
      this.waiting.set(id, { child, resolve });
      // one that has just died has not said so yet
      child.send({ ...order, id }, (error) => error && this.gone(child));
    });
  }

  /** kill -9, in the middle of whatever it does. */
  killOne(): void {
    this.children[0]?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.splice(0).map(
        (child) =>
          new Promise((resolve) => {
            child.once('exit', resolve);
            child.kill('SIGKILL');
          }),
      ),
    );
  }
}
