import { AppwriteException, Client, Databases } from 'node-appwrite';
import type { AppwriteSettings } from '../../../platform/config/config';

/** Shorter than the lease of what is mirrored, so that no request outlives its claim. */
const ANSWER_MS = 10_000;

/** The SDK's client, with an end to every request: of itself it waits for five minutes. */
class PatientClient extends Client {
  override prepareRequest(...given: Parameters<Client['prepareRequest']>): ReturnType<Client['prepareRequest']> {
    const request = super.prepareRequest(...given);
    return { ...request, options: { ...request.options, signal: AbortSignal.timeout(ANSWER_MS) } };
  }
}

/** Appwrite's databases, spoken to with a server's key. */
export function openAppwrite({ endpoint, projectId, apiKey }: AppwriteSettings): Databases {
  return new Databases(new PatientClient().setEndpoint(endpoint).setProject(projectId).setKey(apiKey));
}

/** What a failure means for what else is owed. */
export type AppwriteFailure =
  /** Nothing goes there now: no answer, its own fault, too much asked, our key or the collections are not right. */
  | 'closed'
  /** This one document is refused. */
  | 'refused';

/** Whether the whole Appwrite or one document is the matter. */
export function failureOf(error: unknown): AppwriteFailure {
  if (!(error instanceof AppwriteException) || typeof error.code !== 'number') return 'closed';
  const { code, type } = error;
  // its key is another's document: unique attributes clash
  if (type === 'document_not_found') return 'refused';
  // any other 404 speaks of the database or the collection
  return code === 0 || code >= 500 || [401, 403, 404, 408, 429].includes(code) ? 'closed' : 'refused';
}

/** Whether Appwrite answered with this status (and this type of error). */
export const isAnswer = (error: unknown, code: number, type?: string): boolean =>
  error instanceof AppwriteException && error.code === code && (type === undefined || error.type === type);

/** A failure in a few words, for a log or a row. */
export function wordsOf(error: unknown): string {
  if (error instanceof AppwriteException && error.code)
    return `${error.code} ${error.type || error.message}`.slice(0, 500);
  const { message, cause, name } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return (cause?.code ?? message ?? String(error)).slice(0, 500);
}
