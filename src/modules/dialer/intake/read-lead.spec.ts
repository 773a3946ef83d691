import fc from '../../../../test/support/properties';
import { Invalid } from '../../../platform/errors';
import { knownFields } from './dialer-field';
import { readLead } from './read-lead';
import { readEpoch, readMoment } from './read-value';

const known = (fields: Record<string, unknown>): Record<string, unknown> => ({ ...readLead(fields).known });
const problem = (fields: Record<string, unknown>): Record<string, string> | undefined => {
  try {
    readLead(fields);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(Invalid);
    return (error as Invalid).details;
  }
};

describe('the fields a dialer sends', () => {
  it('are absent when empty, null, blank, unfilled or an unknown date', () => {
    for (const empty of ['', null, '   ', '--A--city--B--', ' --A--a--B----A--b--B-- ', '0000-00-00', undefined]) {
      expect(known({ city: empty, date_of_birth: empty, energy_bill_amount: empty, has_ev_charger: empty })).toEqual(
        {},
      );
    }
    expect(known({ city: '0000-00-00 00:00:00' })).toEqual({});
    expect(known({ full_name: 'John --A--last_name--B--' })).toEqual({ full_name: 'John' });
  });

  it('may come as numbers and booleans', () => {
    expect(known({ lead_id: 67770, rank: 0, city: true })).toEqual({ lead_id: '67770', rank: '0', city: 'true' });
    expect(known({ has_ev_charger: 1, has_previous_quotes: 'N', day_night_rate: false })).toEqual({
      has_ev_charger: true,
      has_previous_quotes: false,
      day_night_rate: 'no',
    });
  });

  it.each([
    ['has_ev_charger', ['true', 'TRUE', '1', 1, true, 'yes', 'Y', 'on'], true],
    ['has_ev_charger', ['false', '0', 0, false, 'no', 'n', 'off'], false],
    ['day_night_rate', ['yes', 'Yes', 'Y', true, 1], 'yes'],
    ['day_night_rate', ['unsure', ' Unsure '], 'unsure'],
    ['energy_bill_amount', [120.5, '120.50', ' 120.5 '], 120.5],
    ['energy_bill_amount', [0.1 + 0.2], 0.3],
    ['energy_bill_amount', [0, '0', '0.00', -0], 0],
  ])('%s reads %j as %j', (field, sent, expected) => {
    for (const value of sent) expect(known({ [field]: value })).toEqual({ [field]: expected });
  });

  it.each([
    ['has_ev_charger', ['maybe', 2, {}, [true, false]]],
    ['day_night_rate', ['sometimes', 7, {}]],
    ['energy_bill_amount', ['much', -1, 1e13, '1e3', true, {}, '1,200', '12.', Infinity]],
    ['date_of_birth', ['1980-02-30', '23/04/1980', '1980-4-3', 19800423, '1980-04-23T00:00:00Z']],
    ['city', [{}, ['a', 'b'], 'x'.repeat(256), 'a\0b', []]],
    ['comments', ['x'.repeat(10_001)]],
    ['dialer_data_name_'.repeat(10), ['x']],
  ])('%s is refused by name for each of %j', (field, sent) => {
    for (const value of sent) expect(Object.keys(problem({ [field]: value }) ?? {})).toEqual([field.slice(0, 100)]);
  });

  it('may be as long as they need to be, counted in characters', () => {
    expect(known({ comments: '🌞'.repeat(10_000) })).toEqual({ comments: '🌞'.repeat(10_000) });
    expect(problem({ comments: '🌞'.repeat(10_001) })).toEqual({ comments: 'must be at most 10000 characters' });
    expect(known({ city: ['Leeds', 'Leeds'] })).toEqual({ city: 'Leeds' });
  });

  it('keep what has no meaning here, without credentials and without what JavaScript would trip over', () => {
    const sent = JSON.parse(
      `{"mystery": " blue ", "n": -0, "deep": {"a": [1, {"pass": "x", "b": "--A--c--B--"}], "__proto__": {"polluted": true}},
        "pass": "x", "orig_pass": "x", "phone_pass": "x", "api_key": "x", "dialer_api_key": "x", "signature": "x",
        "USER_PASS": "x", "password": "x", "auth_token": "x", "constructor": {"prototype": 1}, "__proto__": {"a": 1},
        "empty": "", "none": null, "unfilled": "--A--unfilled--B--", "passport": "kept"}`,
    ) as Record<string, unknown>;
    const { extra } = readLead(sent);
    expect(extra).toEqual({ mystery: 'blue', n: 0, deep: { a: [1, { b: '--A--c--B--' }] }, passport: 'kept' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('are bounded in number, size and depth', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`f${n}`, 'x']));
    expect(Object.keys(problem(many) ?? {})).toEqual(['dialer_data']);
    expect(Object.keys(problem({ big: 'x'.repeat(70_000) }) ?? {})).toEqual(['dialer_data']);
    expect(Object.keys(problem({ deep: [[[[[[1]]]]]] }) ?? {})).toEqual(['deep']);
    expect(Object.keys(problem({ odd: Infinity }) ?? {})).toEqual(['odd']);
  });

  it('never fail in another way than by name, whatever is sent', () => {
    const names = fc.constantFrom(...knownFields().keys());
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(fc.anything(), fc.jsonValue(), fc.string())), (fields) => {
        const details = problem(fields);
        for (const name of Object.keys(details ?? {})) expect(name in fields).toBe(true);
      }),
      { seed: 22, numRuns: 500 },
    );
  });

  it('do not cost more than their length, however they are made up', () => {
    const start = performance.now();
    problem({ comments: '--A--'.repeat(200_000), notes: '--A--x'.repeat(160_000) });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('times of the dialer', () => {
  it('are read in its zone, with and without colons', () => {
    const summer = '2025-07-11T09:11:12.000Z';
    expect(readMoment('2025-07-11 10:11:12', 'Europe/London')?.toISOString()).toBe(summer);
    expect(readMoment('2025-07-11 101112', 'Europe/London')?.toISOString()).toBe(summer);
    expect(readMoment('2025-01-11 10:11:12', 'Europe/London')?.toISOString()).toBe('2025-01-11T10:11:12.000Z');
    for (const text of ['', 'soon', '2025-13-11 10:11:12', '2025-07-11 25:11:12', undefined]) {
      expect(readMoment(text, 'Europe/London')).toBeUndefined();
    }
    expect(readEpoch('1752225072')?.toISOString()).toBe('2025-07-11T09:11:12.000Z');
    expect(readEpoch('0')).toBeUndefined();
  });
});
