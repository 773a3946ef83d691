import { isFinal, spelledStatus, TICKET_STATUSES, TICKET_TRANSITIONS } from './ticket-status';

describe('the life of a ticket', () => {
  it('never leads to itself and only to statuses there are', () => {
    for (const from of TICKET_STATUSES) {
      expect(TICKET_TRANSITIONS[from]).not.toContain(from);
      for (const to of TICKET_TRANSITIONS[from]) expect(TICKET_STATUSES).toContain(to);
    }
  });

  it('lets every open ticket end, and every ended one be opened again', () => {
    for (const status of TICKET_STATUSES) {
      if (isFinal(status)) expect(TICKET_TRANSITIONS[status]).toContain('open');
      else expect(TICKET_TRANSITIONS[status]).toEqual(expect.arrayContaining(['resolved', 'closed']));
    }
  });

  it('reads the spellings of clients', () => {
    expect(spelledStatus(' In-Progress ')).toBe('in_progress');
    expect(spelledStatus('in progress')).toBe('in_progress');
  });
});
