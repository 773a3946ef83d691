import { CircuitBreaker } from './circuit-breaker';

describe('the breaker', () => {
  let now: number;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    now = 1000;
    breaker = new CircuitBreaker(() => now);
  });

  it('rests after three failures in a row, then lets one try', () => {
    for (let n = 0; n < 3; n += 1) {
      expect(breaker.mayAsk()).toBe(true);
      breaker.failed();
    }
    expect(breaker.mayAsk()).toBe(false);
    now += 30_000;
    expect(breaker.mayAsk()).toBe(true);
    expect(breaker.mayAsk()).toBe(false);
    breaker.failed();
    expect(breaker.mayAsk()).toBe(false);
    now += 30_000;
    expect(breaker.mayAsk()).toBe(true);
    breaker.succeeded();
    expect([breaker.mayAsk(), breaker.mayAsk()]).toEqual([true, true]);
  });

  it('counts failures in a row only', () => {
    for (let n = 0; n < 10; n += 1) {
      breaker.failed();
      breaker.failed();
      breaker.succeeded();
    }
    expect(breaker.mayAsk()).toBe(true);
  });

  it('leaves it alone for as long as it asked', () => {
    breaker.failed(5_000);
    expect(breaker.mayAsk()).toBe(false);
    now += 5_000;
    expect(breaker.mayAsk()).toBe(true);
  });
});
