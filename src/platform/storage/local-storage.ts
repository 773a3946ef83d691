import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Digests } from './digests';
import { type ByteRange, checkKey, ObjectMissing, RecordingStorage, type StoredObject } from './recording-storage';

/** Where files are written before they are objects; no key begins with a dot. Below the root, for a rename that is one step. */
const PARTS = '.parts';
/** A file that nobody has written to for so long belongs to a process that was killed, in milliseconds. */
const ABANDONED_MS = 3_600_000;

/** Recordings on the local disk, below `root`, which several processes may share. */
export class LocalStorage extends RecordingStorage {
  private tidiedAt = -Infinity;

  constructor(private readonly root: string) {
    super();
  }

  protected override async write(key: string, content: Readable): Promise<StoredObject> {
    const file = this.file(key);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.mkdir(path.join(this.root, PARTS), { recursive: true });
    await this.removeAbandoned();
    const part = path.join(this.root, PARTS, randomUUID());
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

  /** Removes what killed processes were writing; at most once in ABANDONED_MS. */
  private async removeAbandoned(): Promise<void> {
    const now = Date.now();
    if (now - this.tidiedAt < ABANDONED_MS) return;
    this.tidiedAt = now;
    for (const name of await fs.readdir(path.join(this.root, PARTS))) {
      const part = path.join(this.root, PARTS, name);
      try {
        if (now - (await fs.stat(part)).mtimeMs >= ABANDONED_MS) await fs.rm(part);
      } catch {
        // another process has finished or removed it since the folder was read; or it is not ours to remove
      }
    }
  }

  private file(key: string): string {
    checkKey(key);
    return path.join(this.root, key);
  }
}
