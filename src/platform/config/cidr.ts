import { ValidateBy, type ValidationOptions } from 'class-validator';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads `10.0.0.1`, `10.0.0.0/8`, `::1` or `fd00::/8`; throws a RangeError for anything else. */
function parseRange(text: string): Range {
  const value = text.trim();
  try {
    if (value.includes('/')) return ipaddr.parseCIDR(value);
    // Only the four-part decimal form: ipaddr.js alone would also read 0177.1 as an address.
    if (!value.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(value)) throw new RangeError(value);
    const address = ipaddr.parse(value);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new RangeError(`not an address or CIDR range: ${text}`);
  }
}

/** A list of address ranges, IPv4 and IPv6. An IPv4-mapped IPv6 address is matched as the IPv4 address it carries. */
export class CidrList {
  private readonly ranges: Range[];

  constructor(texts: readonly string[]) {
    this.ranges = texts.map(parseRange);
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** Whether `address` lies in one of the ranges; false for what is no address. */
  includes(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.ranges.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
  }
}

/** class-validator: an array of strings, each an address or a CIDR range. */
export function IsCidrList(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isCidrList',
      validator: {
        validate: (value: unknown) => {
          if (!Array.isArray(value)) return false;
          try {
            new CidrList(value as string[]);
            return true;
          } catch {
            return false;
          }
        },
        defaultMessage: () => 'must be addresses or CIDR ranges, comma-separated',
      },
    },
    options,
  );
}
