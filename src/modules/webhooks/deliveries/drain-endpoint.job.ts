import { defineJob, defineSweep } from '../../../platform/jobs/define-job';

/** Looks what is due for one endpoint and begins to send it. It holds its place only for as long as that look takes. */
export const drainEndpoint = defineJob<{ webhookId: string }>({ name: 'webhooks.drain-endpoint', concurrency: 16 });

/** Rings for every endpoint that has something due: retries, leases of dead workers, bells that were lost. */
export const dueSweep = defineSweep({ name: 'webhooks.due', everySeconds: 1 });

/** Deletes finished deliveries after WEBHOOK_RETENTION_DAYS. */
export const retentionSweep = defineSweep({ name: 'webhooks.retention', everySeconds: 60 });
