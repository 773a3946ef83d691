/** How a call's wait in a queue came out. `callback`: a callback was arranged; `overflow`: it left for elsewhere. */
export const OUTCOMES = ['answered', 'abandoned', 'callback', 'overflow'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One wait in one queue; `waiting` while it lasts. */
export interface QueueWait {
  outcome: Outcome | 'waiting';
  waitSeconds: number;
}

export interface ServiceLevelTargets {
  /** Answered within so many seconds, this very second included, is in time. */
  targetSeconds: number;
  /** Abandoned before so many seconds counts as a short abandon. */
  shortAbandonSeconds: number;
}

/** The figures of a queue. Percentages have two decimals; null where nothing can be divided by. */
export interface QueueFigures {
  queued: number;
  answered: number;
  abandoned: number;
  callback: number;
  overflow: number;
  waiting: number;
  answeredInTime: number;
  shortAbandons: number;
  /** Answered in time over answered + abandoned. */
  serviceLevel: number | null;
  /** The same with short abandons left out. */
  serviceLevelWithoutShortAbandons: number | null;
  averageSpeedOfAnswer: number | null;
  /** Abandoned over queued. */
  abandonmentRate: number | null;
}

/** The definitions of the figures, as they go with every reply. */
export const DEFINITIONS = {
  queued: 'Waits that began in the period: answered + abandoned + callback + overflow + waiting.',
  service_level:
    'Percent answered within the target (the target second included) of those answered or abandoned; callbacks and overflow do not count.',
  service_level_without_short_abandons: 'The same, leaving out waits abandoned before the short-abandon threshold.',
  average_speed_of_answer: 'Mean seconds from joining the queue to an agent answering, over answered waits.',
  abandonment_rate: 'Percent abandoned of all queued waits.',
  average_handle_time: 'Mean seconds of talk, hold and wrap-up per handled call that ended in the period.',
  occupancy: 'Percent of signed-in agent time (available, offered, on call, wrap-up) spent on calls or in wrap-up.',
} as const;

const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 100;

/** Figures from counts, however these were found (rows here, SQL in the queries). */
export function figuresFromCounts(counts: {
  answered: number;
  abandoned: number;
  callback: number;
  overflow: number;
  waiting: number;
  answeredInTime: number;
  shortAbandons: number;
  answeredSeconds: number;
}): QueueFigures {
  const { answered, abandoned, callback, overflow, waiting, answeredInTime, shortAbandons, answeredSeconds } = counts;
  const queued = answered + abandoned + callback + overflow + waiting;
  return {
    queued,
    answered,
    abandoned,
    callback,
    overflow,
    waiting,
    answeredInTime,
    shortAbandons,
    serviceLevel: percent(answeredInTime, answered + abandoned),
    serviceLevelWithoutShortAbandons: percent(answeredInTime, answered + abandoned - shortAbandons),
    averageSpeedOfAnswer: answered === 0 ? null : Math.round((answeredSeconds / answered) * 100) / 100,
    abandonmentRate: percent(abandoned, queued),
  };
}

/** Figures of the waits given. */
export function queueFigures(waits: readonly QueueWait[], targets: ServiceLevelTargets): QueueFigures {
  const of = (outcome: QueueWait['outcome']): QueueWait[] => waits.filter((wait) => wait.outcome === outcome);
  const answered = of('answered');
  const abandoned = of('abandoned');
  return figuresFromCounts({
    answered: answered.length,
    abandoned: abandoned.length,
    callback: of('callback').length,
    overflow: of('overflow').length,
    waiting: of('waiting').length,
    answeredInTime: answered.filter((wait) => wait.waitSeconds <= targets.targetSeconds).length,
    shortAbandons: abandoned.filter((wait) => wait.waitSeconds < targets.shortAbandonSeconds).length,
    answeredSeconds: answered.reduce((sum, wait) => sum + wait.waitSeconds, 0),
  });
}
