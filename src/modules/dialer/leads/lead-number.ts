import { LeadNotFound } from '../dialer.errors';

/** The number in a path; what is no number is a lead that does not exist. */
export function leadNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new LeadNotFound('Lead not found');
  return Number(text);
}
