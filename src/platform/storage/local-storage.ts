import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Digests } from './digests';
import { type ByteRange, checkKey, ObjectMissing, RecordingStorage, type StoredObject } from './recording-storage';

/** Recordings on the local disk, below `root`. */
export class LocalStorage extends RecordingStorage {
  constructor(private readonly root: string) {
    super();
  }

  override async put(key: string, content: Readable): Promise<StoredObject> {
    const file = this.file(key);
    await fs.mkdir(path.dirname(file), { recursive: true });
    const part = `${file}.${randomUUID()}.part`;
    const digests = new Digests();
    const written = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
    try {
      await pipeline(content, digests, written);
      // the rename is the commit: a reader sees the old object or the whole new one
      await fs.rename(part, file);
    } catch (error) {
      // content that fails at once does so before the file is there: whoever deletes too early finds nothing to delete
      if (!written.closed) await new Promise<void>((resolve) => written.once('close', () => resolve()));
      await fs.rm(part, { force: true });
      throw error;
    }
    return digests.result();
  }

  override async get(key: string, range?: ByteRange): Promise<Readable> {
    const file = this.file(key);
    if ((await this.size(key)) === undefined) throw new ObjectMissing(key);
    return createReadStream(file, range);
  }

  override async size(key: string): Promise<number | undefined> {
    try {
      return (await fs.stat(this.file(key))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  override async delete(key: string): Promise<void> {
    await fs.rm(this.file(key), { force: true });
  }

  private file(key: string): string {
    checkKey(key);
    return path.join(this.root, key);
  }
}
