import type { AppwriteSettings } from '../../../platform/config/config';

/** What a collection's documents hold; every attribute is required. */
export type MirrorAttribute = { key: string; type: 'string'; size: number } | { key: string; type: 'datetime' };

/** A collection as it is made. */
export interface MirrorCollection {
  id: string;
  name: string;
  attributes: MirrorAttribute[];
  indexes: { key: string; type: 'unique' | 'key'; attribute: string }[];
}

export const DATABASE_NAME = 'MiWay Sales Database';

const text = (key: string, size: number): MirrorAttribute => ({ key, type: 'string', size });
const time = (key: string): MirrorAttribute => ({ key, type: 'datetime' });

/** The two collections, exactly as those who read them know them. */
export const mirrorCollections = (
  ids: Pick<AppwriteSettings, 'salesCollectionId' | 'recordingsCollectionId'>,
): MirrorCollection[] => [
  {
    id: ids.salesCollectionId,
    name: 'Sales Processes',
    attributes: [
      text('sales_process_id', 36),
      text('status', 20),
      text('agent_id', 36),
      text('lead_name', 100),
      text('lead_phone', 20),
      time('created_at'),
      time('updated_at'),
    ],
    indexes: [
      { key: 'sales_process_id_idx', type: 'unique', attribute: 'sales_process_id' },
      { key: 'agent_id_idx', type: 'key', attribute: 'agent_id' },
    ],
  },
  {
    id: ids.recordingsCollectionId,
    name: 'Call Recordings',
    attributes: [
      text('recording_id', 36),
      text('sales_process_id', 36),
      text('status', 20),
      text('file_name', 200),
      time('recorded_at'),
    ],
    indexes: [
      { key: 'recording_id_idx', type: 'unique', attribute: 'recording_id' },
      { key: 'sales_process_id_idx', type: 'key', attribute: 'sales_process_id' },
    ],
  },
];
