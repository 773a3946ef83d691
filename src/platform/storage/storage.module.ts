import { Global, Logger, Module } from '@nestjs/common';
import path from 'node:path';
import { Config } from '../config/config';
import { LocalStorage } from './local-storage';
import { RecordingStorage } from './recording-storage';

@Global()
@Module({
  providers: [
    {
      provide: RecordingStorage,
      inject: [Config],
      useFactory: async (config: Config): Promise<RecordingStorage> => {
        if (config.storage.driver === 's3') {
          // the AWS SDK is large: it is loaded only where it is used
          const { S3Storage } = await import('./s3-storage.js');
          return new S3Storage(config.storage);
        }
        if (config.role !== 'all') {
          new Logger('Storage').warn(
            `STORAGE_DRIVER=local with ROLE=${config.role}: api and worker must share the folder ${config.dataDir}, or use s3`,
          );
        }
        return new LocalStorage(path.join(config.dataDir, 'recordings'));
      },
    },
  ],
  exports: [RecordingStorage],
})
export class StorageModule {}
