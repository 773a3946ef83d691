import { Passwords, SignInBusy } from './passwords';

describe('Passwords', () => {
  const passwords = new Passwords();

  it('keeps argon2id and tells the right password from others, however it was typed', async () => {
    const hash = await passwords.hash('pässword ١٢٣');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.matches(hash, 'pa\u0308ssword ١٢٣')).toBe(true);
    expect(await passwords.matches(hash, 'password ١٢٣')).toBe(false);
  });

  it('does the work for nobody too, and says no', async () => {
    expect(await passwords.matches(undefined, 'anything')).toBe(false);
  });

  it('refuses when too many wait, and serves again afterwards', async () => {
    const results = await Promise.allSettled(Array.from({ length: 210 }, () => passwords.hash('password')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(6);
    expect(refused.every(({ reason }) => reason instanceof SignInBusy)).toBe(true);
    expect(await passwords.hash('password')).toBeTruthy();
  });
});
