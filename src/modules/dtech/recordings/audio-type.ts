import type { RecordingType } from './sale-recording.entity';

/** How many bytes of the beginning are needed to tell. */
export const SNIFF_BYTES = 12;

/**
 * What the first bytes of a file say it is, whatever its name or the client claims: RIFF/WAVE, or MPEG audio (an ID3 tag or
 * a layer I–III frame header). Undefined for anything else.
 */
export function sniffAudio(head: Buffer): RecordingType | undefined {
  if (
    head.length >= 12 &&
    /^(RIFF|RIFX)$/.test(head.toString('latin1', 0, 4)) &&
    head.toString('latin1', 8, 12) === 'WAVE'
  ) {
    return 'audio/wav';
  }
  if (head.toString('latin1', 0, 3) === 'ID3') return 'audio/mpeg';
  const [first = 0, second = 0, third = 0] = head;
  const isFrame = first === 0xff && (second & 0xe0) === 0xe0;
  // reserved version, reserved layer, free or bad bit rate, reserved sampling rate are no frame
  const isPlausible =
    (second & 0x18) !== 0x08 && (second & 0x06) !== 0 && third >> 4 !== 0x0f && (third & 0x0c) !== 0x0c;
  return isFrame && isPlausible ? 'audio/mpeg' : undefined;
}
