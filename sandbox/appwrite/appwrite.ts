import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server is told to do wrong, on paths that contain `route`, this often. */
export interface AppwriteFault {
  route: string;
  kind: 'status' | 'hang' | 'close' | 'close-after';
  value?: number;
  times: number;
}

interface Making {
  key: string;
  status: 'processing' | 'available' | 'failed';
  error: string;
  /** How often it is asked for before it is available. */
  looks: number;
  size?: number;
  type: string;
  attributes?: string[];
}

interface Collection {
  name: string;
  attributes: Map<string, Making>;
  indexes: Map<string, Making>;
  documents: Map<string, Record<string, unknown>>;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string = type,
  ) {
    super(message);
  }
}

type Body = Record<string, unknown>;

/**
 * A server that answers as Appwrite's databases API: attributes and indexes are made in the background and become
 * available only after some looks, an index made too soon is refused, duplicates are 409, documents must fit their
 * collection. Loopback only, in memory.
 */
export class AppwriteServer {
  readonly databases = new Map<string, { name: string; collections: Map<string, Collection> }>();
  /** Every write that was carried out: `POST documents <id>`. */
  readonly log: string[] = [];
  faults: AppwriteFault[] = [];
  /** How often an attribute or index is looked at before it is available. */
  looks = 2;
  /** Keys of attributes whose making fails. */
  broken = new Set<string>();
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });
  private port = 0;

  constructor(
    readonly project: string,
    readonly key: string,
  ) {}

  /** Listens on loopback and returns the endpoint. After a `close` it may listen again, at the same address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}/v1`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Every document of a collection, by its id. */
  documents(database: string, collection: string): Map<string, Record<string, unknown>> {
    return this.collection(database, collection).documents;
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const fault = this.faults.find((one) => one.times > 0 && path.includes(one.route));
    if (fault) fault.times -= 1;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'close') return void request.socket.destroy();
    try {
      if (fault?.kind === 'status') throw new Refused(fault.value ?? 500, 'general_unknown');
      this.checkCaller(request);
      const text = Buffer.concat(chunks).toString('utf8');
      const [status, body] = this.route(request.method ?? '', path, text ? (JSON.parse(text) as Body) : {});
      if (fault?.kind === 'close-after') return void request.socket.destroy();
      json(response, status, body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      json(response, error.status, { message: error.message, code: error.status, type: error.type, version: '1.8.0' });
    }
  }

  private checkCaller({ headers }: http.IncomingMessage): void {
    if (headers['x-appwrite-project'] !== this.project) throw new Refused(404, 'project_not_found');
    if (headers['x-appwrite-key'] !== this.key) throw new Refused(401, 'general_unauthorized_scope');
  }

  private route(method: string, path: string, body: Body): [number, unknown] {
    const [version, area, database, , collection, kind, key, last] = path.split('/').slice(1).map(decodeURIComponent);
    if (version !== 'v1' || area !== 'databases') throw new Refused(404, 'general_route_not_found');
    if (method === 'POST' && database === undefined) return this.createDatabase(body);
    if (method === 'POST' && collection === undefined) return this.createCollection(database ?? '', body);
    const found = this.collection(database ?? '', collection ?? '');
    if (method === 'GET' && kind === 'attributes') return [200, { total: 0, attributes: look(found.attributes) }];
    if (method === 'GET' && kind === 'indexes') return [200, { total: 0, indexes: look(found.indexes) }];
    if (method === 'POST' && kind === 'attributes') return this.createAttribute(found, key ?? '', body);
    if (method === 'POST' && kind === 'indexes') return this.createIndex(found, body);
    if (method === 'POST' && kind === 'documents') return this.createDocument(found, body);
    if (method === 'PATCH' && kind === 'documents' && last === undefined) return this.change(found, key ?? '', body);
    throw new Refused(404, 'general_route_not_found');
  }

  private createDatabase({ databaseId, name }: Body): [number, unknown] {
    if (this.databases.has(String(databaseId))) throw new Refused(409, 'database_already_exists');
    this.databases.set(String(databaseId), { name: String(name), collections: new Map() });
    return [201, { $id: databaseId, name }];
  }

  private createCollection(database: string, { collectionId, name }: Body): [number, unknown] {
    const collections = this.databases.get(database)?.collections;
    if (!collections) throw new Refused(404, 'database_not_found');
    if (collections.has(String(collectionId))) throw new Refused(409, 'collection_already_exists');
    collections.set(String(collectionId), {
      name: String(name),
      attributes: new Map(),
      indexes: new Map(),
      documents: new Map(),
    });
    return [201, { $id: collectionId, name }];
  }

  private createAttribute(collection: Collection, type: string, body: Body): [number, unknown] {
    const key = String(body.key);
    if (collection.attributes.has(key)) throw new Refused(409, 'attribute_already_exists');
    if (body.required !== true) throw new Refused(400, 'general_argument_invalid', 'only required ones are known here');
    const made = { ...this.making(key), type, ...(type === 'string' ? { size: Number(body.size) } : {}) };
    collection.attributes.set(key, made);
    return [202, made];
  }

  private createIndex(collection: Collection, body: Body): [number, unknown] {
    const key = String(body.key);
    if (collection.indexes.has(key)) throw new Refused(409, 'index_already_exists');
    const attributes = body.attributes as string[];
    if (attributes.some((name) => collection.attributes.get(name)?.status !== 'available')) {
      throw new Refused(400, 'attribute_not_available');
    }
    const made = { ...this.making(key), type: String(body.type), attributes };
    collection.indexes.set(key, made);
    return [202, made];
  }

  private making(key: string): Omit<Making, 'type'> {
    return this.broken.has(key)
      ? { key, status: 'failed', error: 'out of luck', looks: 0 }
      : { key, status: 'processing', error: '', looks: this.looks };
  }

  private createDocument(collection: Collection, { documentId, data }: Body): [number, unknown] {
    const id = String(documentId);
    if (id.length > 36) throw new Refused(400, 'general_argument_invalid');
    if (collection.documents.has(id)) throw new Refused(409, 'document_already_exists');
    this.check(collection, id, data as Body, true);
    collection.documents.set(id, data as Body);
    this.log.push(`POST documents ${id}`);
    return [201, { $id: id, ...(data as Body) }];
  }

  private change(collection: Collection, id: string, { data }: Body): [number, unknown] {
    const before = collection.documents.get(id);
    if (!before) throw new Refused(404, 'document_not_found');
    this.check(collection, id, data as Body, false);
    collection.documents.set(id, { ...before, ...(data as Body) });
    this.log.push(`PATCH documents ${id}`);
    return [200, { $id: id, ...(data as Body) }];
  }

  private check(collection: Collection, id: string, data: Body, whole: boolean): void {
    const wrong = (): Refused => new Refused(400, 'document_invalid_structure');
    for (const key of Object.keys(data)) if (!collection.attributes.has(key)) throw wrong();
    for (const { key, type, size } of collection.attributes.values()) {
      const value = data[key];
      if (value === undefined && !whole) continue;
      if (typeof value !== 'string' || (size !== undefined && value.length > size)) throw wrong();
      if (type === 'datetime' && Number.isNaN(Date.parse(value))) throw wrong();
    }
    for (const { type, attributes = [] } of collection.indexes.values()) {
      const [key = ''] = attributes;
      const clashes = [...collection.documents].some(([other, one]) => other !== id && one[key] === data[key]);
      if (type === 'unique' && data[key] !== undefined && clashes) throw new Refused(409, 'document_already_exists');
    }
  }

  private collection(database: string, collection: string): Collection {
    const collections = this.databases.get(database)?.collections;
    if (!collections) throw new Refused(404, 'database_not_found');
    const found = collections.get(collection);
    if (!found) throw new Refused(404, 'collection_not_found');
    return found;
  }
}

/** What there is, and a step further on the way to being available. */
function look(all: Map<string, Making>): Making[] {
  return [...all.values()].map((one) => {
    const seen = { ...one };
    if (one.status === 'processing' && --one.looks <= 0) one.status = 'available';
    return seen;
  });
}

function json(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
