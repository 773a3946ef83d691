import { type Databases, DatabasesIndexType } from 'node-appwrite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppwriteSettings } from '../../../platform/config/config';
import { isAnswer, openAppwrite, wordsOf } from './appwrite-client';
import { DATABASE_NAME, type MirrorAttribute, type MirrorCollection, mirrorCollections } from './appwrite-schema';

/** How patiently Appwrite's background work is waited for; on busy days its cloud takes minutes. */
export interface SetupPatience {
  pollMs: number;
  longestMs: number;
}

type Say = (line: string) => void;
/** What Appwrite says of an attribute or an index. */
interface Made {
  key: string;
  status: string;
  error?: string;
}

/**
 * Makes the database, both collections, their attributes and indexes in Appwrite, and waits until each is available.
 * What is there already is left as it is, so it may be run again at any time; an attribute or index that Appwrite could
 * not make is named in the error.
 */
export async function setupAppwrite(
  settings: AppwriteSettings,
  say: Say,
  patience: SetupPatience = { pollMs: 1_000, longestMs: 900_000 },
): Promise<void> {
  const databases = openAppwrite(settings);
  const { databaseId } = settings;
  await make(say, `database "${DATABASE_NAME}" (${databaseId})`, () =>
    databases.create({ databaseId, name: DATABASE_NAME }),
  );
  const collections = mirrorCollections(settings);
  for (const collection of collections) {
    const { id: collectionId, name } = collection;
    await make(say, `collection "${name}" (${collectionId})`, () =>
      databases.createCollection({ databaseId, collectionId, name }),
    );
    for (const attribute of collection.attributes) {
      await make(say, `  attribute ${name}.${attribute.key}`, () =>
        createAttribute(databases, databaseId, collectionId, attribute),
      );
    }
  }
  for (const collection of collections) {
    // an index on an attribute that is still being made is refused
    await available(say, collection, 'attribute', patience, async () => {
      const { attributes } = await databases.listAttributes({ databaseId, collectionId: collection.id });
      return attributes as unknown as Made[];
    });
    for (const { key, type, attribute } of collection.indexes) {
      await make(say, `  index ${collection.name}.${key}`, () =>
        databases.createIndex({
          databaseId,
          collectionId: collection.id,
          key,
          type: type === 'unique' ? DatabasesIndexType.Unique : DatabasesIndexType.Key,
          attributes: [attribute],
        }),
      );
    }
    await available(say, collection, 'index', patience, async () => {
      const { indexes } = await databases.listIndexes({ databaseId, collectionId: collection.id });
      return indexes as unknown as Made[];
    });
  }
}

function createAttribute(
  databases: Databases,
  databaseId: string,
  collectionId: string,
  attribute: MirrorAttribute,
): Promise<unknown> {
  const { key } = attribute;
  return attribute.type === 'string'
    ? databases.createStringAttribute({ databaseId, collectionId, key, size: attribute.size, required: true })
    : databases.createDatetimeAttribute({ databaseId, collectionId, key, required: true });
}

async function make(say: Say, what: string, create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
    say(`${what}: made`);
  } catch (error) {
    if (!isAnswer(error, 409)) throw new Error(`${what.trim()}: ${wordsOf(error)}`, { cause: error });
    say(`${what}: is there`);
  }
}

async function available(
  say: Say,
  collection: MirrorCollection,
  kind: 'attribute' | 'index',
  { pollMs, longestMs }: SetupPatience,
  list: () => Promise<Made[]>,
): Promise<void> {
  const wanted = (kind === 'attribute' ? collection.attributes : collection.indexes).map(({ key }) => key);
  const end = Date.now() + longestMs;
  for (;;) {
    const made = new Map((await list()).map((one) => [one.key, one]));
    const failed = wanted
      .map((key) => made.get(key))
      .find((one) => one && /^(failed|stuck|deleting)$/.test(one.status));
    if (failed) {
      throw new Error(
        `${kind} ${collection.name}.${failed.key} is ${failed.status}${failed.error ? ` (${failed.error})` : ''}: ` +
          'delete it in Appwrite and run this again',
      );
    }
    const waiting = wanted.filter((key) => made.get(key)?.status !== 'available');
    if (waiting.length === 0) return say(`  ${collection.name}: every ${kind} is available`);
    if (Date.now() > end) {
      throw new Error(`${collection.name}: still not available: ${waiting.join(', ')}; run this again later`);
    }
    await sleep(pollMs);
  }
}
