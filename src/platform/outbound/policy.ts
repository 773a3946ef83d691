import { isIP } from 'node:net';
import type { CidrList } from '../config/cidr';
import { type AddressKind, kindOfAddress, looksNumeric } from './address';

/** Where one room's requests may go. */
export interface OutboundPolicy {
  readonly name: string;
  readonly allowHttp: boolean;
  /** Loopback and private networks too; never link-local, metadata, multicast or reserved addresses. */
  readonly allowPrivate: boolean;
  /** Ranges that are allowed whatever they are: the systems of our own house. */
  readonly allowedNetworks?: CidrList;
}

/** The address may not be reached; `reason` completes "the URL …". */
export class UrlRefused extends Error {
  constructor(readonly reason: string) {
    super(`the URL ${reason}`);
  }
}

const MAX_LENGTH = 2048;
/** Names that mean this machine or its neighbours wherever one asks (RFC 6761, 6762, 8375; clouds' own). */
const LOCAL_NAMES = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;
const NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Whether an address may be connected to under this policy; the one verdict for literals, resolved and connected ones. */
export function admitsAddress(policy: OutboundPolicy, address: string): boolean {
  if (policy.allowedNetworks?.includes(address)) return true;
  const kind: AddressKind = kindOfAddress(address);
  return kind === 'public' || (kind === 'private' && policy.allowPrivate);
}

/**
 * Reads a URL somebody else gave us and decides all that can be decided without a resolver.
 * Throws UrlRefused. The URL parser has already turned `0177.1`, `2130706433`, `０x7f.1` and the like into plain IPv4.
 */
export function readUrl(policy: OutboundPolicy, text: string): URL {
  if (text.length > MAX_LENGTH) throw new UrlRefused(`must be at most ${MAX_LENGTH} characters`);
  // the parser would silently drop these
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f]/.test(text)) throw new UrlRefused('must not hold spaces or control characters');
  if (!URL.canParse(text)) throw new UrlRefused('must be an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp)) {
    throw new UrlRefused(policy.allowHttp ? 'must be an http or https URL' : 'must be an https URL');
  }
  if (url.username || url.password) throw new UrlRefused('must not hold a user or password; use a header');
  url.hash = '';
  const host = hostOf(url);
  if (isIP(host)) {
    if (!admitsAddress(policy, host)) throw new UrlRefused('must not name a private or reserved address');
    return url;
  }
  if (looksNumeric(host) || !NAME.test(host)) throw new UrlRefused('must name a host');
  const isLocal = LOCAL_NAMES.test(host) || !host.includes('.');
  if (isLocal && !policy.allowPrivate && (policy.allowedNetworks?.isEmpty ?? true)) {
    throw new UrlRefused('must not name a private or reserved address');
  }
  return url;
}

/** The host without brackets and without the root's trailing dot. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
