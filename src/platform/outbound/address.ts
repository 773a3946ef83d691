import ipaddr from 'ipaddr.js';

/**
 * What an address is, for somebody who lets strangers say where we connect to.
 * - `public`: reachable by anybody; we may go there.
 * - `private`: this machine and its neighbours (loopback, RFC 1918, unique local); only where configuration allows it.
 * - `forbidden`: never: link-local (cloud metadata lives there), multicast, reserved, tunnels that hide an address.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];
const ranges = (texts: string[]): Range[] => texts.map((text) => ipaddr.parseCIDR(text));

// IANA special-purpose registries, and where clouds answer to their own machines
const PRIVATE_4 = ranges(['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
const FORBIDDEN_4 = ranges([
  '0.0.0.0/8',
  '100.64.0.0/10',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
const PRIVATE_6 = ranges(['::1/128', 'fc00::/7']);
/** Of IPv6 only global unicast is given out; within it these are not for general use. */
const GLOBAL_6 = ranges(['2000::/3']);
const FORBIDDEN_6 = ranges(['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']);
/** An IPv4 address in the last 32 bits: mapped, translated (RFC 6052). */
const CARRIES_4 = ranges(['::ffff:0:0/96', '64:ff9b::/96']);
const METADATA_6 = ranges(['fd00:ec2::/32', 'fd20:ce::/32']);

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, list: Range[]): boolean =>
  list.some(([network, bits]) => network.kind() === address.kind() && address.match(network as never, bits));

/** Classifies an address in any form a resolver or socket gives it; what is no address is forbidden. */
export function kindOfAddress(text: string): AddressKind {
  let address: ipaddr.IPv4 | ipaddr.IPv6;
  try {
    // a zone (`fe80::1%eth0`) names a link of this machine
    if (text.includes('%')) return 'forbidden';
    address = ipaddr.parse(text);
  } catch {
    return 'forbidden';
  }
  return address.kind() === 'ipv4' ? kindOf4(address as ipaddr.IPv4) : kindOf6(address as ipaddr.IPv6);
}

function kindOf4(address: ipaddr.IPv4): AddressKind {
  if (within(address, FORBIDDEN_4)) return 'forbidden';
  return within(address, PRIVATE_4) ? 'private' : 'public';
}

function kindOf6(address: ipaddr.IPv6): AddressKind {
  if (within(address, CARRIES_4)) return kindOf4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  if (within(address, METADATA_6)) return 'forbidden';
  if (within(address, PRIVATE_6)) return 'private';
  if (!within(address, GLOBAL_6) || within(address, FORBIDDEN_6)) return 'forbidden';
  // ISATAP (RFC 5214) tunnels to the IPv4 address in the interface identifier
  const [, , , , fifth, sixth] = address.parts;
  return sixth === 0x5efe && (fifth === 0 || fifth === 0x200) ? 'forbidden' : 'public';
}

/** A host name all of whose labels a resolver or `inet_aton` could read as numbers: `127.1`, `0x7f.1`, `2130706433`. */
export const looksNumeric = (host: string): boolean => /^(0x[0-9a-f]*|\d+)$/i.test(host.split('.').at(-1) ?? '');
