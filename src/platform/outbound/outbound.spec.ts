import http from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from '../../../test/support/properties';
import { CidrList } from '../config/cidr';
import { kindOfAddress } from './address';
import { ADDRESS_FORMS } from '../../../test/support/address-forms';
import { Outbound, OutboundFailed } from './outbound';
import { type OutboundPolicy, readUrl, UrlRefused } from './policy';

const strict: OutboundPolicy = { name: 'strict', allowHttp: true, allowPrivate: false };
const local: OutboundPolicy = { name: 'local', allowHttp: true, allowPrivate: true };
const secure: OutboundPolicy = { name: 'secure', allowHttp: false, allowPrivate: false };

const admits = (policy: OutboundPolicy, url: string): boolean => {
  try {
    readUrl(policy, url);
    return true;
  } catch (error) {
    if (error instanceof UrlRefused) return false;
    throw error;
  }
};

/** Listens on loopback, IPv4 and IPv6, and counts who comes. */
class Canary {
  connections = 0;
  private readonly servers: Server[] = [];
  port = 0;

  async start(): Promise<void> {
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer((socket) => {
        this.connections += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen(this.port, host, () => resolve()),
      ).catch(() => undefined);
      this.port ||= (server.address() as AddressInfo).port;
      this.servers.push(server);
    }
  }

  stop = (): void => this.servers.forEach((server) => server.close());
}

const fault = (sending: Promise<unknown>): Promise<string> =>
  sending.then(
    () => 'answered',
    (error) => (error as OutboundFailed).fault,
  );

describe('addresses somebody else gave us', () => {
  const canary = new Canary();
  beforeAll(() => canary.start());
  afterAll(() => canary.stop());
  afterEach(() => expect(canary.connections).toBe(0));

  it(`gives ${ADDRESS_FORMS.length} written forms the verdict of the address behind them`, () => {
    expect(ADDRESS_FORMS.length).toBeGreaterThan(200);
    const wrong = ADDRESS_FORMS.filter(
      ([host, kind]) =>
        admits(strict, `http://${host}/hook`) !== (kind === 'public') ||
        admits(local, `http://${host}:8080/hook`) !== (kind !== 'forbidden'),
    );
    expect(wrong).toEqual([]);
  });

  it('connects to none of those forms that is not public', async () => {
    const outbound = new Outbound(async () => ['127.0.0.1']);
    for (const [host, kind] of ADDRESS_FORMS) {
      if (kind === 'public') continue;
      const sent = outbound.send(strict, { method: 'POST', url: `http://${host}:${canary.port}/`, body: 'x' });
      expect([host, await fault(sent)]).toEqual([host, 'refused']);
    }
    await outbound.onApplicationShutdown();
  });

  it('judges every address of the machine words alike, however a resolver writes them', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const bytes = address.split('.').map(Number) as [number, number, number, number];
        const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const kind = kindOfAddress(address);
        return [
          `::ffff:${address}`,
          `::ffff:${hex.slice(0, 4)}:${hex.slice(4)}`,
          `64:ff9b::${hex.slice(0, 4)}:${hex.slice(4)}`,
        ].every((form) => kindOfAddress(form) === kind);
      }),
      { numRuns: 2000 },
    );
    expect(kindOfAddress('fe80::1%eth0')).toBe('forbidden');
    expect(kindOfAddress('not an address')).toBe('forbidden');
  });

  it('refuses what is no plain web address', () => {
    for (const url of [
      '',
      'example.com/hook',
      '//example.com/hook',
      'ftp://example.com/',
      'file:///etc/passwd',
      'gopher://example.com/',
      'javascript:alert(1)',
      'https://user:pass@example.com/',
      'https://user@example.com/',
      'https://exam ple.com/',
      'https://example.com/\r\nX: y',
      '\thttps://example.com/',
      'https://example.com/\u0000',
      'https://localhost/',
      'https://LOCALHOST./',
      'https://api.localhost/',
      'https://printer.local/',
      'https://metadata.google.internal/computeMetadata/v1/',
      'https://router/',
      'https://1.2.3.4.5/',
      'https://256.256.256.256/',
      'https://[::1/',
      'https://[fe80::1%25eth0]/',
      `https://example.com/${'a'.repeat(2048)}`,
    ]) {
      expect([url, admits(secure, url)]).toEqual([url, false]);
    }
    expect(admits(secure, 'http://example.com/hook')).toBe(false);
    for (const url of [
      'https://example.com/hook?a=1',
      'https://EXAMPLE.com:8443/x',
      'https://xn--bcher-kva.example/',
    ]) {
      expect([url, admits(secure, url)]).toEqual([url, true]);
    }
  });

  it('reaches no loopback from 10,000 fuzzed URLs, whatever their names resolve to', async () => {
    const notPublic = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '169.254.169.254', 'fe80::1', '0.0.0.0'];
    let asked = 0;
    const outbound = new Outbound(async () => {
      asked += 1;
      // one bad address among good ones is enough
      return asked % 2
        ? ['93.184.215.14', notPublic[asked % notPublic.length] as string]
        : [notPublic[asked % 7] ?? ''];
    });
    const forms = ADDRESS_FORMS.filter(([, kind]) => kind !== 'public').map(([host]) => host);
    const host = fc.oneof(
      fc.constantFrom(...forms),
      fc.constantFrom(...forms).map((form) => form.toUpperCase()),
      fc
        .tuple(fc.constantFrom(...forms), fc.constantFrom('.', '..', '%00', '%2e', '@', '#', '\\', ' '))
        .map((p) => p.join('')),
      fc
        .tuple(fc.constantFrom('a@', 'a:b@', '@', '\\@', '0x', '0', '[', '%'), fc.constantFrom(...forms))
        .map((p) => p.join('')),
      fc.domain(),
      fc.domain().map((domain) => `127.0.0.1.${domain}`),
      fc.string({ minLength: 1, maxLength: 20 }),
    );
    const url = fc
      .tuple(fc.constantFrom('http://', 'http:/', 'http:', 'HTTP://', 'http:\\\\', '//'), host, fc.webPath())
      .map(([scheme, name, path]) => `${scheme}${name}:${canary.port}${path}`);
    const outcomes: Record<string, number> = {};
    const urls = fc.sample(url, 10_000).filter((text) => !isPublicLiteral(text));
    for (let i = 0; i < urls.length; i += 100) {
      const found = await Promise.all(
        urls.slice(i, i + 100).map((text) => fault(outbound.send(strict, { method: 'GET', url: text }))),
      );
      for (const name of found) outcomes[name] = (outcomes[name] ?? 0) + 1;
    }
    expect(Object.keys(outcomes)).toEqual(['refused']);
    expect(asked).toBeGreaterThan(1000);
    expect(urls.length).toBeGreaterThan(9_500);
    await outbound.onApplicationShutdown();
  });

  it('does not follow a name that is public when registered and private when connected to', async () => {
    for (const later of [['127.0.0.1'], ['::1'], ['93.184.215.14', '127.0.0.1'], ['::ffff:7f00:1'], []]) {
      let asked = 0;
      const outbound = new Outbound(async () => (asked++ === 0 ? ['93.184.215.14'] : later));
      const url = `http://rebind.example:${canary.port}/`;
      await expect(outbound.check(strict, url)).resolves.toBeInstanceOf(URL);
      expect(await fault(outbound.send(strict, { method: 'POST', url }))).toBe('refused');
      await expect(outbound.check(strict, url))
        .resolves.toBeDefined()
        .catch(() => undefined);
      await outbound.onApplicationShutdown();
    }
  });

  it('gives the same verdict at registration, and lets through what does not resolve at present', async () => {
    const at = (addresses: string[] | Error): Outbound =>
      new Outbound(async () => {
        if (addresses instanceof Error) throw addresses;
        return addresses;
      });
    const url = 'https://hooks.example/';
    await expect(at(['93.184.215.14', '10.0.0.1']).check(secure, url)).rejects.toThrow(UrlRefused);
    await expect(at(['169.254.169.254']).check(local, url)).rejects.toThrow(UrlRefused);
    await expect(at(new Error('SERVFAIL')).check(secure, url)).resolves.toBeInstanceOf(URL);
    const house = { ...secure, allowedNetworks: new CidrList(['10.8.0.0/16']) };
    await expect(at(['10.8.1.1']).check(house, 'https://sap.internal/')).resolves.toBeInstanceOf(URL);
    await expect(at(['10.9.1.1']).check(house, 'https://sap.internal/')).rejects.toThrow(UrlRefused);
  });
});

const isPublicLiteral = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const host = new URL(text).hostname.replace(/^\[|\]$|\.$/g, '');
  return kindOfAddress(host) === 'public';
};

describe('the outbound client', () => {
  let server: http.Server;
  let url: string;
  const outbound = new Outbound(async (host) => {
    if (host === 'nowhere.example') throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    return ['127.0.0.1'];
  });

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const path = request.url ?? '/';
      if (path === '/moved') response.writeHead(302, { location: '/stolen' }).end();
      else if (path === '/big') response.end('x'.repeat(3_000_000));
      else if (path === '/endless') {
        const more = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(more));
      } else if (path === '/silent') return;
      else if (path === '/reset') request.socket.resetAndDestroy();
      else if (path === '/nonsense') request.socket.end('SSH-2.0-OpenSSH\r\n\r\n');
      else response.end(`${request.method} ${path} ${request.headers.host}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://hooks.example:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await outbound.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  it('sends to the resolved address under the name, reads 16 kB, follows nothing', async () => {
    const send = (path: string) => outbound.send(local, { method: 'POST', url: url + path, body: 'x' });
    expect((await send('/a?b=1')).body.toString()).toBe(`POST /a?b=1 ${new URL(url).host}`);
    expect((await send('/big')).body).toHaveLength(16 * 1024);
    expect((await send('/moved')).status).toBe(302);
  });

  it('names what went wrong and bounds the time', async () => {
    const send = (path: string, totalMs = 200) =>
      fault(outbound.send(local, { method: 'POST', url: url + path, totalMs }));
    expect(await send('/silent')).toBe('timeout');
    expect(await send('/endless')).toBe('timeout');
    expect(await send('/reset', 5000)).toBe('reset');
    expect(await send('/nonsense', 5000)).toBe('protocol');
    const other = (to: string) => fault(outbound.send(local, { method: 'POST', url: to }));
    expect(await other('http://nowhere.example/')).toBe('name');
    expect(await other('http://hooks.example:1/')).toBe('connect');
    expect(await other(url.replace('http:', 'https:'))).toBe('tls');
    expect(await fault(outbound.send(secure, { method: 'POST', url }))).toBe('refused');
    const stop = new AbortController();
    const sending = fault(outbound.send(local, { method: 'POST', url: `${url}/silent`, signal: stop.signal }));
    stop.abort();
    expect(await sending).toBe('cancelled');
  });
});
