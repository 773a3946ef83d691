import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import type { StoredObject } from './recording-storage';

/** Passes bytes on and measures them on the way. */
export class Digests extends Transform {
  private readonly md5 = createHash('md5');
  private readonly sha256 = createHash('sha256');
  private bytes = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.md5.update(chunk);
    this.sha256.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  /** Call once, after the stream has ended. */
  result(): StoredObject {
    return { size: this.bytes, md5: this.md5.digest('base64'), sha256: this.sha256.digest('hex') };
  }
}
