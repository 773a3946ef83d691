export { activateDtech } from './activation/activate-dtech';
export { DtechModule } from './dtech.module';
export { setupAppwrite } from './mirror/appwrite-setup';
// for programs that call the routes from elsewhere
export type { ContinueSales, StartSales, StopSales } from './processes/sales.dto';
export type {
  ContinueSalesReply,
  SalesProcessReply,
  SalesStatusReply,
  StartSalesReply,
} from './processes/sales-process.view';
export type { RecordingReply, RecordingsReply, RecordingUrlReply, RecordingView } from './recordings/recording.view';
export type { RecordingUrlInput, ReportUpload } from './recordings/recordings.dto';
