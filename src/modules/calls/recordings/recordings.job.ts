import { defineJob, defineSweep } from '../../../platform/jobs/define-job';

/** Fetches the media of recordings that are due. */
export const fetchRecordings = defineJob<Record<string, never>>({ name: 'calls.fetch-recordings', concurrency: 2 });

/** Rings for recordings whose bell was lost, and lets old ones go. */
export const recordingsSweep = defineSweep({ name: 'calls.recordings', everySeconds: 5 });
