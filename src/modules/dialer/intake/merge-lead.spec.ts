import type { DialerLead } from './dialer-lead.dto';
import { changesBetween, type Incoming, type LeadValues, mergeLead, sentPhone } from './merge-lead';

const incoming = (known: DialerLead, more: Partial<Incoming> = {}): Incoming => ({
  read: { known, extra: {} },
  phone: sentPhone(known, 'GB'),
  phoneIsTaken: false,
  agentId: 'caleb',
  zone: 'Europe/London',
  ...more,
});
const lead = (known: DialerLead): LeadValues => mergeLead(undefined, incoming(known));

describe('the number of a lead', () => {
  it.each([
    [{ phone: '(083) 555-5555', country_code: 'ZA' }, '+27835555555'],
    [{ phone: '(083) 555-5555', phone_code: '27' }, '+27835555555'],
    [{ phone: '0044 20 7946 0958' }, '+442079460958'],
    [{ phone: '+966501234567' }, '+966501234567'],
    [{ phone: '+٩٦٦٥٠١٢٣٤٥٦٧' }, '+966501234567'],
    [{ phone: '٠٥٠١٢٣٤٥٦٧', country_code: 'SA' }, '+966501234567'],
    [{ phone: ' 447700900123' }, '+447700900123'],
    [{ phone_number: '7700900123', phone_code: '44' }, '+447700900123'],
    [{ phone_number: '07700 900123' }, '+447700900123'],
    [{ phone_number: '7700900123', phone_code: 'nonsense', country_code: 'GBR' }, '+447700900123'],
    [{ phone: 'private', phone_number: '+447700900123' }, '+447700900123'],
    [{ phone: 'private' }, null],
    [{}, null],
  ])('%j is matched as %s', (known, e164) => {
    expect(sentPhone(known, 'GB').e164).toBe(e164);
  });

  it('stays as it was sent when it is none', () => {
    expect(lead({ phone: 'private' })).toMatchObject({ phone: 'private', phone_e164: null });
    expect(lead({ phone: '(083) 555-5555', country_code: 'ZA' })).toMatchObject({ phone: '(083) 555-5555' });
  });

  it('is not moved from another lead, and follows the lead otherwise', () => {
    const before = lead({ phone: '+447700900123' });
    const sent = { phone: '+447700900124' };
    expect(mergeLead(before, incoming(sent, { phoneIsTaken: true }))).toMatchObject({
      phone: '+447700900124',
      phone_e164: '+447700900123',
    });
    expect(mergeLead(before, incoming(sent))).toMatchObject({ phone_e164: '+447700900124' });
  });
});

describe('the name of a lead', () => {
  it('is built from its components, over what dialers call fullname', () => {
    const known = { title: 'Mr', first_name: 'John', middle_initial: 'A', last_name: 'Smith', fullname: 'Caleb G' };
    expect(lead(known).full_name).toBe('Mr John A Smith');
    expect(lead({ first_name: 'John', full_name: 'Caleb G' }).full_name).toBe('John');
    expect(lead({ title: 'Mr', full_name: 'John Smith' }).full_name).toBe('John Smith');
    expect(lead({ fullname: 'John Smith' }).full_name).toBe('John Smith');
    expect(lead({ full_name: 'A', fullname: 'B' }).full_name).toBe('A');
  });

  it('is built anew from all components that are known when one comes', () => {
    const before = lead({ first_name: 'John', last_name: 'Smith' });
    expect(mergeLead(before, incoming({ last_name: 'Jones' })).full_name).toBe('John Jones');
    expect(mergeLead(before, incoming({ fullname: 'Caleb G' })).full_name).toBe('John Smith');
  });
});

describe('a lead that is sent again', () => {
  const before = lead({ first_name: 'Ann', city: 'Leeds', notes: 'first', session_id: 's1', epoch: '1752225072' });

  it('does not change by the same fields or by none', () => {
    const same = mergeLead(before, incoming({ first_name: 'Ann', city: 'Leeds', notes: 'first', session_id: 's1' }));
    expect(changesBetween(before, same)).toEqual({});
    expect(changesBetween(before, mergeLead(before, incoming({})))).toEqual({});
  });

  it('changes by what is new, and says what that is', () => {
    const after = mergeLead(before, incoming({ city: 'York', session_id: 's2' }, { agentId: 'dani' }));
    expect(changesBetween(before, after)).toEqual({
      city: { from: 'Leeds', to: 'York' },
      'call_data.session_id': { from: 's1', to: 's2' },
      last_agent_id: { from: 'caleb', to: 'dani' },
    });
    expect(after.assigned_agent_id).toBe('caleb');
  });

  it('does not put back notes that people have replaced', () => {
    const edited = { ...before, notes: 'written by the agent' };
    expect(mergeLead(edited, incoming({ notes: 'first' })).notes).toBe('written by the agent');
    expect(mergeLead(edited, incoming({ notes: 'second' })).notes).toBe('second');
  });

  it('gathers further fields, but not without end', () => {
    const names = (prefix: string): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${prefix}${n}`, n]));
    let gathered = before;
    for (const prefix of ['a', 'b', 'c', 'd']) {
      gathered = mergeLead(gathered, incoming({}, { read: { known: {}, extra: names(prefix) } }));
    }
    expect(Object.keys(gathered.dialer_data)).toEqual(Object.keys(names('d')));
  });
});
