import { together } from './side-by-side';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('writing side by side', () => {
  it('says how many there were', async () => {
    expect(await together([Promise.resolve(1), Promise.resolve(2)])).toBe(2);
    expect(await together([])).toBe(0);
  });

  it('throws what may be run again, not what only says that the transaction has failed', async () => {
    const works = ['25P02', '25P02', '40P01', '25P02'].map((code) => Promise.reject(failure(code)));
    await expect(together(works)).rejects.toThrow('40P01');
    await expect(together([Promise.reject(failure('23505')), Promise.reject(failure('25P02'))])).rejects.toThrow(
      '23505',
    );
  });

  it('waits for all of them also when one has failed', async () => {
    let end: () => void = () => undefined;
    let isOver = false;
    const slow = new Promise<void>((resolve) => (end = resolve)).then(() => (isOver = true));
    const all = together([Promise.reject(failure('40P01')), slow]);
    setImmediate(end);
    await expect(all).rejects.toThrow('40P01');
    expect(isOver).toBe(true);
  });
});
