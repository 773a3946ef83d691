import { Module } from '@nestjs/common';
import { CallsModule } from '../calls';
import { CustomersModule } from '../customers';
import { DialerModule } from '../dialer';
import { ActivationController } from './activation/activation.controller';
import { ActivationService } from './activation/activation.service';
import { DtechClient } from './gateway/dtech-client';
import { GatewayKeys } from './gateway/gateway-keys';
import { AppwriteMirror } from './mirror/appwrite-mirror';
import { MirrorRepository } from './mirror/mirror.repository';
import { FollowProcesses } from './processes/follow-processes';
import { SalesProcessRepository } from './processes/sales-process.repository';
import { SalesController } from './processes/sales.controller';
import { SalesQueries } from './processes/sales.queries';
import { SalesService } from './processes/sales.service';
import { ReceiveRecording } from './recordings/receive-recording';
import { RecordedCalls } from './recordings/recorded-calls';
import { RecordingRepository } from './recordings/recording.repository';
import { RecordingsController } from './recordings/recordings.controller';
import { RecordingsQueries } from './recordings/recordings.queries';
import { RecordingsService } from './recordings/recordings.service';
import { RecordingsSweep } from './recordings/recordings.sweep';
import { UploadHandler } from './recordings/upload.handler';
import { SalesErasure } from './sales-erasure';
import { SalesSamples } from './sales-samples';
import { SealedColumns } from './sealed-columns';

@Module({
  imports: [CallsModule, CustomersModule, DialerModule],
  controllers: [ActivationController, RecordingsController, SalesController],
  providers: [
    GatewayKeys,
    DtechClient,
    ActivationService,
    SalesProcessRepository,
    SalesService,
    SalesQueries,
    FollowProcesses,
    RecordingRepository,
    RecordingsService,
    RecordingsQueries,
    ReceiveRecording,
    RecordedCalls,
    UploadHandler,
    RecordingsSweep,
    MirrorRepository,
    AppwriteMirror,
    SalesErasure,
    SalesSamples,
    SealedColumns,
  ],
})
export class DtechModule {}
