import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { admitsAddress, hostOf, type OutboundPolicy, readUrl, UrlRefused } from './policy';
import { type Resolve, resolveName } from './resolver';

const CONNECT_MS = 5_000;
const TOTAL_MS = 15_000;
/** At most this much of an answer is read; the rest is not worth our memory. */
const READ_BYTES = 16 * 1024;
const CHECK_MS = 3_000;
/** A verified connection is used this long before the name is asked again. */
const CONNECTION_KEPT_MS = 60_000;

/** Tests give their own resolver here. */
export const RESOLVE = Symbol('resolve');

export interface OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For everything from the name to the last byte read. */
  totalMs?: number;
  signal?: AbortSignal;
}

export interface OutboundReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The first 16 kB of what was answered. */
  body: Buffer;
}

/** Why no answer came. `refused`: the address may not be reached; the others are the network's doing. */
export type OutboundFault = 'refused' | 'name' | 'connect' | 'tls' | 'timeout' | 'reset' | 'protocol' | 'cancelled';

/** No answer came. */
export class OutboundFailed extends Error {
  constructor(
    readonly fault: OutboundFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The one HTTP client for addresses that somebody else gave us. Every address a name resolves to must be admitted, and
 * the connection is made to exactly those; redirects are not followed; time and what is read back are bounded.
 */
@Injectable()
export class Outbound implements OnApplicationShutdown {
  private readonly agents = new Map<OutboundPolicy, Agent>();
  private readonly resolve: Resolve;

  constructor(@Optional() @Inject(RESOLVE) resolve?: Resolve) {
    this.resolve = resolve ?? resolveName;
  }

  /**
   * The verdict at the time an address is given to us, the same as at connection. A name that does not resolve at
   * present is let through: it is judged again whenever it is connected to. Returns the URL as it will be used.
   * Throws UrlRefused.
   */
  async check(policy: OutboundPolicy, text: string): Promise<URL> {
    const url = readUrl(policy, text);
    const host = hostOf(url);
    if (isIP(host)) return url;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<string[]>((resolve) => (timer = setTimeout(() => resolve([]), CHECK_MS)));
    const addresses = await Promise.race([this.resolve(host).catch(() => []), silence]);
    clearTimeout(timer);
    if (!addresses.every((address) => admitsAddress(policy, address))) {
      throw new UrlRefused('must not name a private or reserved address');
    }
    return url;
  }

  /** Sends one request and reads the beginning of its answer. Throws OutboundFailed when none came. */
  async send(policy: OutboundPolicy, outgoing: OutboundRequest): Promise<OutboundReply> {
    const totalMs = outgoing.totalMs ?? TOTAL_MS;
    // One timer of our own and not AbortSignal.timeout, which would keep every signal alive until its time.
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new OutboundFailed('timeout', `no answer in ${totalMs} ms`)), totalMs);
    const cancel = (): void => abort.abort(new OutboundFailed('cancelled', 'the sender was stopped'));
    outgoing.signal?.addEventListener('abort', cancel);
    try {
      const url = readUrl(policy, outgoing.url);
      const reply = await request(url, {
        dispatcher: this.agent(policy),
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body,
        signal: abort.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const body = await beginning(reply.body);
      return { status: reply.statusCode, headers: reply.headers, body };
    } catch (error) {
      throw abort.signal.aborted ? (abort.signal.reason as OutboundFailed) : explain(error);
    } finally {
      clearTimeout(timer);
      outgoing.signal?.removeEventListener('abort', cancel);
    }
  }

  private agent(policy: OutboundPolicy): Agent {
    let agent = this.agents.get(policy);
    if (!agent) {
      agent = new Agent({
        connect: this.connector(policy),
        pipelining: 1,
        keepAliveTimeout: 10_000,
        keepAliveMaxTimeout: CONNECTION_KEPT_MS,
        clientTtl: CONNECTION_KEPT_MS,
        maxHeaderSize: 16 * 1024,
      });
      this.agents.set(policy, agent);
    }
    return agent;
  }

  private connector(policy: OutboundPolicy): buildConnector.connector {
    const dial = buildConnector({ timeout: CONNECT_MS, lookup: this.lookup(policy), autoSelectFamily: true });
    return (options, callback) => {
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      // Node never asks `lookup` about a literal, so it is judged here.
      if (isIP(host) && !admitsAddress(policy, host)) {
        callback(refused(), null);
        return;
      }
      dial(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
        if (error) return callback(error, null);
        if (!admitsAddress(policy, (socket as Socket).remoteAddress ?? '')) {
          socket.destroy();
          return callback(refused(), null);
        }
        return callback(null, socket);
      });
    };
  }

  /** Resolves for the connection being made: what it returns is where Node connects, so nothing can change between. */
  private lookup(policy: OutboundPolicy): LookupFunction {
    return (hostname, _options, callback) => {
      this.resolve(hostname.replace(/\.$/, '')).then(
        (addresses) => {
          if (addresses.length === 0 || !addresses.every((address) => admitsAddress(policy, address))) {
            callback(refused(), []);
          } else
            callback(
              null,
              addresses.map((address) => ({ address, family: isIP(address) })),
            );
        },
        (error: NodeJS.ErrnoException) =>
          callback(new OutboundFailed('name', `the name does not resolve (${error.code})`), []),
      );
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
  }
}

const refused = (): OutboundFailed =>
  new OutboundFailed('refused', 'the host resolves to a private or reserved address');

/** Reads up to the limit; a longer body costs the connection, not our memory. */
async function beginning(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= READ_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, READ_BYTES);
}

function explain(error: unknown): OutboundFailed {
  if (error instanceof OutboundFailed) return error;
  if (error instanceof UrlRefused) return new OutboundFailed('refused', error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return new OutboundFailed('timeout', 'no connection in 5000 ms', options);
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)$/.test(code ?? '')) {
    return new OutboundFailed('connect', `no connection (${code})`, options);
  }
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED)$/.test(code ?? '')) {
    return new OutboundFailed('reset', 'the connection was closed before the answer', options);
  }
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(code ?? '')) {
    return new OutboundFailed('tls', `the certificate or handshake was refused (${code})`, options);
  }
  return new OutboundFailed('protocol', message || String(code), options);
}
