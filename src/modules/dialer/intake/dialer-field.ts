import { ValidateBy } from 'class-validator';
import { readDate, readMoney, readPhoneText, readText, readYesNo, readYesNoUnsure, Refused } from './read-value';

/** How a field is read: gives its value, undefined when it counts as absent, or what is wrong with it. */
type Reading = (sent: unknown) => unknown;

const readings = new Map<string, Reading>();

/** Every field of the document and of the dialer that has a meaning here, by name. */
export const knownFields = (): ReadonlyMap<string, Reading> => readings;

/**
 * Declares a field: how its value is read from what dialers send. class-validator then reports what could not be read;
 * one constraint a field keeps that affordable for eighty of them in each request.
 */
function field(reading: Reading): PropertyDecorator {
  const report = ValidateBy({
    name: 'dialerField',
    validator: {
      validate: (value: unknown) => !(value instanceof Refused),
      defaultMessage: (about) => String((about?.value as Refused | undefined)?.reason ?? 'is not valid'),
    },
  });
  return (target, property) => {
    readings.set(String(property), reading);
    report(target, property);
  };
}

/** A text of at most `max` characters; numbers and booleans are written as text. */
export const Text = (max: number): PropertyDecorator => field((sent) => readText(sent, max));

/** A telephone number, in whatever form. */
export const PhoneText = (max: number): PropertyDecorator => field((sent) => readPhoneText(sent, max));

/** An amount of money with two decimals. */
export const Money = (): PropertyDecorator => field(readMoney);

/** A boolean in any of the usual spellings. */
export const YesNo = (): PropertyDecorator => field(readYesNo);

/** yes, no or unsure. */
export const YesNoUnsure = (): PropertyDecorator => field(readYesNoUnsure);

/** A day of the calendar, `YYYY-MM-DD`. */
export const Day = (): PropertyDecorator => field(readDate);
