export * from './assistance';
export { CallsModule } from './calls.module';
export { CallsQueries } from './calls.queries';
export { type CallDetails, CallsService } from './calls.service';
export { type CallView } from './call.view';
export { Call as CallEntity } from './call.entity';
export { CallNotFound } from './calls.errors';
export { CallRecordings, type RecordingFile } from './recordings/call-recordings';
