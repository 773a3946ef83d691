import fc from '../../../test/support/properties';
import {
  allowedActions,
  CALL_STATUSES,
  type CallStatus,
  endStatus,
  FINAL_STATUSES,
  isFinal,
  isLegal,
  LIVE_STATUSES,
  readStatus,
  TRANSITIONS,
} from './call-state';

describe('the life of a call', () => {
  it.each<[CallStatus, CallStatus[]]>([
    ['initiated', ['ivr_processing', 'in_queue', 'ringing', 'in_progress', ...FINAL_STATUSES]],
    ['ivr_processing', ['in_queue', 'ringing', 'in_progress', ...FINAL_STATUSES]],
    ['in_queue', ['ringing', 'in_progress', ...FINAL_STATUSES]],
    ['ringing', ['in_queue', 'in_progress', ...FINAL_STATUSES]],
    ['in_progress', ['on_hold', 'transferred', 'in_queue', 'completed', 'failed']],
    ['on_hold', ['in_progress', 'transferred', 'in_queue', 'completed', 'failed']],
    [
      'transferred',
      ['in_progress', 'in_queue', 'completed', 'abandoned', 'no_answer', 'failed', 'canceled', 'voicemail'],
    ],
  ])('from %s leads to what is listed, and nowhere else', (from, targets) => {
    for (const to of CALL_STATUSES) expect([to, isLegal(from, to)]).toEqual([to, targets.includes(to)]);
  });

  it('ends in its final statuses', () => {
    for (const status of FINAL_STATUSES) expect(TRANSITIONS[status]).toEqual([]);
    for (const status of LIVE_STATUSES) expect(TRANSITIONS[status].some(isFinal)).toBe(true);
  });

  it.each([
    ['answered', 'in_progress'],
    ['in-progress', 'in_progress'],
    [' Queued ', 'in_queue'],
    ['ended', 'completed'],
    ['cancelled', 'canceled'],
    ['no-answer', 'no_answer'],
    ['ON_HOLD', 'on_hold'],
    ['connecting', undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
  ])('reads %j as %j', (text, status) => expect(readStatus(text)).toBe(status));

  it('reads any text without throwing, and only into statuses there are', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const status = readStatus(text);
        return status === undefined || CALL_STATUSES.includes(status);
      }),
    );
  });

  it('says how an end without a word is meant', () => {
    expect(endStatus('in_progress', 'inbound', true)).toBe('completed');
    expect(endStatus('transferred', 'inbound', true)).toBe('completed');
    expect(endStatus('initiated', 'inbound', false)).toBe('completed');
    expect(endStatus('in_queue', 'inbound', false)).toBe('abandoned');
    expect(endStatus('ringing', 'outbound', false)).toBe('canceled');
    for (const status of LIVE_STATUSES) {
      for (const direction of ['inbound', 'outbound'] as const) {
        const answered = ['in_progress', 'on_hold', 'transferred'].includes(status);
        expect(isLegal(status, endStatus(status, direction, answered))).toBe(true);
      }
    }
  });

  it('offers the actions that fit', () => {
    const at = (status: CallStatus, more = {}) =>
      allowedActions({ status, hasLiveOffer: false, isConsulting: false, hasAgent: true, ...more });
    expect(at('completed')).toEqual(['disposition', 'note']);
    expect(at('in_progress')).toEqual(expect.arrayContaining(['hold', 'consult', 'transfer', 'end']));
    expect(at('on_hold', { isConsulting: true })).toEqual(
      expect.arrayContaining(['complete_transfer', 'cancel_transfer', 'end']),
    );
    expect(at('ringing', { hasLiveOffer: true })).toEqual(expect.arrayContaining(['accept', 'reject']));
    expect(at('in_queue')).toContain('schedule_callback');
  });
});
