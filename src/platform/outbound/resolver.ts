import { promises as dns } from 'node:dns';

/** All addresses of a name. Throws when there are none, or nobody answers in time. */
export type Resolve = (host: string) => Promise<string[]>;

const TIMEOUT_MS = 1500;
const TRIES = 2;

/** `ENOTFOUND` and the like: the name is known not to be there, as opposed to nobody answering. */
const isAbsent = (error: unknown): boolean =>
  ['ENOTFOUND', 'ENODATA', 'NXDOMAIN'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Asks the name servers without Node's thread pool: `getaddrinfo` holds one of its four threads for as long as a dead
 * name server stays silent, and then no other endpoint gets through. Names that DNS does not know are looked up in
 * the hosts file by `getaddrinfo` afterwards, which is quick then.
 */
export const resolveName: Resolve = async (host) => {
  if (/(^|\.)localhost$/.test(host)) return ['127.0.0.1', '::1'];
  const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses;
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  if (!errors.every(isAbsent)) throw errors.find((error) => !isAbsent(error));
  return (await dns.lookup(host, { all: true })).map(({ address }) => address);
};
