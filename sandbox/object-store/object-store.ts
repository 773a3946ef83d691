import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An object in the store. */
export interface KeptObject {
  content: Buffer;
  contentType: string | undefined;
}

/**
 * A small S3: path-style buckets, PUT (also in parts), GET with ranges, HEAD, DELETE, with S3's XML errors. It keeps
 * objects in memory and does not look at signatures: it stands in for a bucket of our own, whose keys nobody shares.
 */
export class ObjectStore {
  readonly objects = new Map<string, KeptObject>();
  private readonly uploads = new Map<
    string,
    { key: string; contentType: string | undefined; parts: Map<number, Buffer> }
  >();
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  /** Listens on loopback and returns the endpoint. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://store');
    const key = decodeURIComponent(url.pathname.slice(1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const send = (status: number, headers: http.OutgoingHttpHeaders = {}, content: Buffer | string = ''): void => {
      response.writeHead(status, { 'x-amz-request-id': randomUUID(), ...headers });
      response.end(request.method === 'HEAD' ? undefined : content);
    };
    if (url.searchParams.has('uploads') || url.searchParams.has('uploadId')) {
      this.multipart(request, url, key, body, send);
      return;
    }
    const kept = this.objects.get(key);
    if (request.method === 'PUT') {
      this.objects.set(key, { content: body, contentType: request.headers['content-type'] });
      send(200, { etag: etag(body) });
    } else if (request.method === 'DELETE') {
      this.objects.delete(key);
      send(204);
    } else if (!kept) {
      send(404, { 'content-type': 'application/xml' }, xml('Error', `<Code>NoSuchKey</Code><Key>${key}</Key>`));
    } else {
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
      const content = range ? kept.content.subarray(Number(range[1]), Number(range[2]) + 1) : kept.content;
      send(
        range ? 206 : 200,
        { etag: etag(kept.content), 'content-length': content.length, 'content-type': kept.contentType },
        content,
      );
    }
  }

  private multipart(
    request: http.IncomingMessage,
    url: URL,
    key: string,
    body: Buffer,
    send: (status: number, headers?: http.OutgoingHttpHeaders, content?: string) => void,
  ): void {
    const type = { 'content-type': 'application/xml' };
    if (url.searchParams.has('uploads')) {
      const id = randomUUID();
      this.uploads.set(id, { key, contentType: request.headers['content-type'], parts: new Map() });
      send(200, type, xml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`));
      return;
    }
    const id = url.searchParams.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (!upload) {
      send(404, type, xml('Error', '<Code>NoSuchUpload</Code>'));
    } else if (request.method === 'PUT') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body);
      send(200, { etag: etag(body) });
    } else if (request.method === 'DELETE') {
      this.uploads.delete(id);
      send(204);
    } else {
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
      const content = Buffer.concat(parts);
      this.objects.set(upload.key, { content, contentType: upload.contentType });
      this.uploads.delete(id);
      send(200, type, xml('CompleteMultipartUploadResult', `<ETag>${etag(content)}</ETag>`));
    }
  }
}

const etag = (content: Buffer): string => `"${createHash('md5').update(content).digest('hex')}"`;
const xml = (root: string, inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><${root}>${inner}</${root}>`;
