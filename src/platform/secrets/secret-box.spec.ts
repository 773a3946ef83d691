import { randomBytes } from 'node:crypto';
import fc from '../../../test/support/properties';
import type { Config } from '../config/config';
import { CannotOpen, SecretBox } from './secret-box';

const key = (id: string): { id: string; key: Buffer } => ({ id, key: randomBytes(32) });
const boxWith = (...encryptionKeys: { id: string; key: Buffer }[]): SecretBox =>
  new SecretBox({ encryptionKeys } as unknown as Config);

const place = { table: 'integration', row: '0192', column: 'secrets' };
const old = key('old');
const fresh = key('fresh');

describe('the secret box', () => {
  it('opens what it sealed, whatever the text', () => {
    const box = boxWith(old);
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => box.open(box.seal(text, place), place) === text));
  });

  it('never seals the same text twice alike and shows nothing of it', () => {
    const box = boxWith(old);
    const one = box.seal('whsec_very-secret', place);
    expect(one).not.toBe(box.seal('whsec_very-secret', place));
    expect(one).not.toContain('secret');
    expect(one).toMatch(/^v1\.old\./);
  });

  it('refuses a value in which any one character was changed, cut or added', () => {
    const box = boxWith(old);
    const sealed = box.seal('whsec_very-secret', place);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'B', '-', '.', '\0', ''), (at, letter) => {
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        fc.pre(changed !== sealed);
        expect(() => box.open(changed, place)).toThrow(CannotOpen);
      }),
      { numRuns: 300 },
    );
    expect(() => box.open(`${sealed}A`, place)).toThrow(CannotOpen);
    expect(() => box.open('', place)).toThrow(CannotOpen);
  });

  it('refuses a value that was moved to another row, column or table', () => {
    const box = boxWith(old);
    const sealed = box.seal('x', place);
    for (const other of [{ row: '0193' }, { column: 'secret' }, { table: 'webhook' }]) {
      expect(() => box.open(sealed, { ...place, ...other })).toThrow('belongs elsewhere');
    }
    const joined = box.seal('x', { table: 'a', row: 'b","c', column: 'd' });
    expect(() => box.open(joined, { table: 'a', row: 'b', column: 'c","d' })).toThrow(CannotOpen);
  });

  it('opens with an older key of the ring, seals with the first, and says which waits for rotation', () => {
    const sealed = boxWith(old).seal('x', place);
    const ring = boxWith(fresh, old);
    expect(ring.open(sealed, place)).toBe('x');
    expect(ring.isCurrent(sealed)).toBe(false);
    expect(ring.isCurrent(ring.seal('x', place))).toBe(true);
    expect(() => boxWith(fresh).open(sealed, place)).toThrow('key old is not in ENCRYPTION_KEYS');
  });

  it('never puts the value or the key into its errors', () => {
    const sealed = boxWith(old).seal('whsec_very-secret', place);
    expect(() => boxWith({ id: 'old', key: randomBytes(32) }).open(sealed, place)).toThrow(
      'sealed value in integration.secrets of 0192 does not open: it was changed or belongs elsewhere',
    );
  });
});
