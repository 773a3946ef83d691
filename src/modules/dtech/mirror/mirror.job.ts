import { defineJob, defineSweep } from '../../../platform/jobs/define-job';

/** Brings what is owed to Appwrite. */
export const drainMirror = defineJob<object>({ name: 'dtech.mirror' });

/** Rings while something is due. */
export const sweepMirror = defineSweep({ name: 'dtech.mirror-due', everySeconds: 5 });
