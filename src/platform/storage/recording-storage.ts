import type { Readable } from 'node:stream';

/** What is known of a stored object once all of it is there. */
export interface StoredObject {
  /** Bytes. */
  size: number;
  /** MD5 in base64, as S3 and the sales gateway want it. */
  md5: string;
  /** SHA-256 in hex. */
  sha256: string;
}

/** A part of an object, both ends included, in bytes from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Where recordings are kept. Keys are ours (`recordings/<uuid>.wav`); an object is there whole or not at all, whatever
 * dies in the middle of a `put`.
 */
export abstract class RecordingStorage {
  /**
   * Stores the stream under `key`, replacing what was there. Memory use does not depend on its length. The stream is in its
   * hands from the call on: whatever fails, and however early, the stream is ended with it and its errors are this promise's.
   */
  async put(key: string, content: Readable, contentType: string): Promise<StoredObject> {
    // it may break before anybody reads it; an error that nobody listens for would end the process
    content.on('error', () => undefined);
    try {
      checkKey(key);
      return await this.write(key, content, contentType);
    } catch (error) {
      content.destroy(error as Error);
      throw error;
    }
  }

  protected abstract write(key: string, content: Readable, contentType: string): Promise<StoredObject>;

  /** Reads all of an object or a range of it. Throws ObjectMissing. */
  abstract get(key: string, range?: ByteRange): Promise<Readable>;

  /** Bytes of an object; undefined when it is not there. */
  abstract size(key: string): Promise<number | undefined>;

  /** Removes an object; removing what is not there is no error. */
  abstract delete(key: string): Promise<void>;
}

/** The object is not in the store (any more). */
export class ObjectMissing extends Error {
  constructor(readonly key: string) {
    super(`no object ${key}`);
  }
}

const KEY = /^[a-z0-9][a-z0-9_-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/;

/** Throws unless `key` is one of ours: no empty or dotted segments, nothing that could leave the folder. */
export function checkKey(key: string): void {
  if (!KEY.test(key) || key.includes('..') || key.length > 200) throw new Error(`not a storage key: ${key}`);
}
