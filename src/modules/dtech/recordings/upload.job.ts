import { defineJob, defineSweep } from '../../../platform/jobs/define-job';

/** Brings one recording to the gateway's store. */
export const uploadRecording = defineJob<{ recordingId: string }>({ name: 'dtech.upload', concurrency: 4 });

/** Rings for uploads that are due, and tidies: unreported uploads, files past their time, files half received. */
export const sweepRecordings = defineSweep({ name: 'dtech.recordings', everySeconds: 5 });
