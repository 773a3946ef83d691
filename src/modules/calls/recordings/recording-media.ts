import type { Readable } from 'node:stream';

/** The media of a recording as its maker hands it out. */
export interface Media {
  content: Readable;
  contentType: string;
  /** As announced; undefined when it was not. */
  size: number | undefined;
  /** Base64, likewise. */
  md5: string | undefined;
}

/** Where the media of recordings come from. Throws when there is none (yet). */
export abstract class RecordingMedia {
  abstract open(providerSid: string, signal: AbortSignal): Promise<Media>;
}
