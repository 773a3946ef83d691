import { validateSync } from 'class-validator';
import { Invalid } from '../../../platform/errors';
import { invalidInput } from '../../../platform/http/validation';
import { knownFields } from './dialer-field';
import { DialerLead } from './dialer-lead.dto';
import { isDropped, readExtraFields } from './extra-fields';
import { Refused } from './read-value';
import type { SentFields } from './signature';

/** What was sent, read: the known fields that are there, and the others as they came. */
export interface ReadLead {
  known: DialerLead;
  extra: Record<string, unknown>;
}

/**
 * Reads the fields as sent; throws Invalid naming every field that cannot be taken.
 * The values keep the names they were sent under; `mergeLead` knows the aliases.
 */
export function readLead(sent: SentFields): ReadLead {
  const known = new DialerLead();
  const values = known as unknown as Record<string, unknown>;
  const others: string[] = [];
  let isRefused = false;
  const readings = knownFields();
  for (const name of Object.keys(sent)) {
    const reading = readings.get(name);
    if (!reading) others.push(name);
    else if (!isDropped(name)) {
      const value = reading(sent[name]);
      if (value !== undefined) values[name] = value;
      isRefused ||= value instanceof Refused;
    }
  }
  // What the readings gave is right by itself; going over eighty rules is for requests that broke one
  if (isRefused) throw invalidInput(validateSync(known));
  const { kept, problem } = readExtraFields(sent, others);
  if (problem) throw new Invalid(`${problem.name} ${problem.reason}`, { [problem.name]: problem.reason });
  return { known, extra: kept };
}
