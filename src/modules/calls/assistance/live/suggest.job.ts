import { defineJob, defineSweep } from '../../../../platform/jobs/define-job';

/** A suggestion is owed to the agent in a call. */
export const suggestInCall = defineJob<{ callId: string }>({ name: 'assistance.suggest', concurrency: 4 });

/** Rings for what is owed and was not rung for, or whose worker died. */
export const owedSuggestions = defineSweep({ name: 'assistance.owed', everySeconds: 5 });
