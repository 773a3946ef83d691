const RATE = 8000;

/** A real WAV file of so many seconds: 16 bit, one channel, 8 kHz, a soft tone that rises each second. */
export function wave(seconds: number): Buffer {
  const samples = Math.max(1, Math.round(seconds * RATE));
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0, 'latin1');
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8, 'latin1');
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(RATE, 24);
  data.writeUInt32LE(RATE * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36, 'latin1');
  data.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n += 1) {
    const pitch = 220 + 20 * (Math.floor(n / RATE) % 12);
    data.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * pitch * n) / RATE)), 44 + n * 2);
  }
  return data;
}
