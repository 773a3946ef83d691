/** A kind of work that a worker is woken for. The data names what to look at (ids); what is owed stands in rows. */
export interface JobDefinition<Data extends object> {
  /** Such as `webhooks.drain-endpoint`: the queue's name in BullMQ. */
  readonly name: string;
  /** How many of them one process runs at a time. */
  readonly concurrency: number;
  /** How often a bell whose handler throws is rung again before it is given up to the sweep. */
  readonly attempts: number;
  /** Only for the compiler: ties the data to the name. */
  readonly data?: Data;
}

/** A look over all rows from time to time, by one process: rings for whatever is due and was not rung for. */
export interface SweepDefinition {
  /** Such as `webhooks.due`. */
  readonly name: string;
  readonly everySeconds: number;
}

const NAME = /^[a-z]+(\.[a-z][a-z-]*)+$/;
const jobs = new Map<string, JobDefinition<object>>();
const sweeps = new Map<string, SweepDefinition>();

/** Declares a job in its `x.job.ts`. Throws when the name is taken. */
export function defineJob<Data extends object>(job: {
  name: string;
  concurrency?: number;
  attempts?: number;
}): JobDefinition<Data> {
  const definition = Object.freeze({ concurrency: 1, attempts: 3, ...job });
  claim(jobs, definition);
  return definition;
}

/** Declares a sweep. Throws when the name is taken. */
export function defineSweep(sweep: SweepDefinition): SweepDefinition {
  const definition = Object.freeze({ ...sweep });
  claim(sweeps, definition);
  return definition;
}

function claim<D extends { name: string }>(known: Map<string, D>, definition: D): void {
  if (!NAME.test(definition.name)) throw new Error(`a job is named room.work, not ${definition.name}`);
  if (known.has(definition.name)) throw new Error(`job ${definition.name} is declared twice`);
  known.set(definition.name, definition);
}

/** Every declared job and sweep; each must have one handler, or the start stops. */
export const declaredJobs = (): { jobs: JobDefinition<object>[]; sweeps: SweepDefinition[] } => ({
  jobs: [...jobs.values()],
  sweeps: [...sweeps.values()],
});
