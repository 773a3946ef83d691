import { Agent, errors, request } from 'undici';
import type { Readable } from 'node:stream';

const agent = new Agent({ connect: { timeout: 5_000 }, headersTimeout: 60_000, bodyTimeout: 30_000 });

/** What became of a PUT. */
export type PutOutcome =
  /** The store has it. */
  | { kind: 'stored' }
  /** The store said no; `code` is S3's word. Nothing was stored. */
  | { kind: 'refused'; status: number; code: string }
  /** No answer that tells: it may have been stored. */
  | { kind: 'lost'; reason: string };

/** What is put where. */
export interface Put {
  url: string;
  contentType: string;
  md5: string;
  size: number;
  content: Readable;
  signal: AbortSignal;
}

/**
 * Puts a stream to a presigned URL with exactly the headers it was signed with. Memory does not grow with the size. The
 * gateway's own authorization is never sent along.
 */
export async function putRecording({ url, contentType, md5, size, content, signal }: Put): Promise<PutOutcome> {
  try {
    const answer = await request(url, {
      method: 'PUT',
      headers: { 'content-type': contentType, 'content-md5': md5, 'content-length': String(size) },
      body: content,
      dispatcher: agent,
      signal,
    });
    let text = '';
    for await (const chunk of answer.body) if (text.length < 4_000) text += (chunk as Buffer).toString('utf8');
    if (answer.statusCode < 300) return { kind: 'stored' };
    const code = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(text)?.[1] ?? `HTTP_${answer.statusCode}`;
    if (answer.statusCode >= 500) return { kind: 'lost', reason: `the store answered ${answer.statusCode} ${code}` };
    return { kind: 'refused', status: answer.statusCode, code };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { code, message } = error as NodeJS.ErrnoException;
    const late = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
    return {
      kind: 'lost',
      reason: late ? 'the store did not answer in time' : `the line to the store broke (${code ?? message})`,
    };
  } finally {
    content.destroy();
  }
}
