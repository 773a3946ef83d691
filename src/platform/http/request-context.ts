import { AsyncLocalStorage } from 'node:async_hooks';

interface RequestContext {
  requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that `currentRequestId` knows the request, across awaits. */
export const withRequestId = <T>(requestId: string, work: () => T): T => storage.run({ requestId }, work);

/** The id of the request being answered, undefined outside one. For logs and records, never for decisions. */
export const currentRequestId = (): string | undefined => storage.getStore()?.requestId;
