import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';
import { AgentsModule } from '../agents';
import { CustomersModule } from '../customers';
import { assistanceControllers, assistanceProviders } from './assistance/assistance.module-parts';
import { Knowledge } from './assistance/knowledge-source';
import { CallEndings } from './call-endings';
import { CallLedger } from './call-ledger';
import { Callbacks } from './callbacks/callbacks';
import { CallbacksController } from './callbacks/callbacks.controller';
import { CallbacksService } from './callbacks/callbacks.service';
import { CallsController } from './calls.controller';
import { CallsQueries } from './calls.queries';
import { CallsService } from './calls.service';
import { MetricsController } from './metrics/metrics.controller';
import { AgentPerformanceController } from './metrics/performance.controller';
import { MetricsQueries } from './metrics/metrics.queries';
import { PerformanceQueries } from './metrics/performance.queries';
import { AgentDesks } from './queue/agent-desks';
import { AnswersService } from './queue/answers.service';
import { DepartmentsController } from './queue/departments.controller';
import { Departments } from './queue/departments';
import { DistributionEngine } from './queue/distribution.engine';
import { DueBell } from './queue/due-bell';
import { DueSweeper } from './queue/due-sweeper';
import { DueWork } from './queue/due-work';
import { Offers } from './queue/offers';
import { QueueQueries } from './queue/queue.queries';
import { WaitingLine } from './queue/waiting-line';
import { SampleCalls } from './sample-calls';
import { StartCallService } from './start-call.service';
import { CarrierSignals } from './telephony/carrier-signals';
import { CommandRunner } from './telephony/command-runner';
import { MonitoringController } from './monitoring/monitoring.controller';
import { MonitoringService } from './monitoring/monitoring.service';
import { CallRecordings } from './recordings/call-recordings';
import { RecordingFetcher } from './recordings/recording-fetcher';
import { RecordingMedia } from './recordings/recording-media';
import { RecordingSteps } from './recordings/recording-steps';
import { RecordingsController } from './recordings/recordings.controller';
import { RecordingsService } from './recordings/recordings.service';
import { SimulatedTelephony } from './telephony/simulated.telephony';
import { TelephonyCommands } from './telephony/telephony-commands';
import { NoTelephony, Telephony } from './telephony/telephony.port';
import { AgentPhones } from './telephony/twilio/agent-phones';
import { BrowserPhonesController } from './telephony/twilio/browser-phones.controller';
import { BrowserPhonesService } from './telephony/twilio/browser-phones.service';
import { CallLegs } from './telephony/twilio/call-legs';
import { CallTwiml } from './telephony/twilio/call-twiml';
import { CarrierCallbacks } from './telephony/twilio/carrier-callbacks';
import { CarrierUrls } from './telephony/twilio/carrier-urls';
import { CarrierController } from './telephony/twilio/carrier.controller';
import { TwilioMedia } from './telephony/twilio/twilio-media';
import { TwilioTelephony } from './telephony/twilio/twilio.telephony';
import { VoiceFlow } from './telephony/twilio/voice-flow';
import { HeardUtterances } from './transcripts/heard-utterances';
import { TranscriptsController } from './transcripts/transcripts.controller';
import { TranscriptsService } from './transcripts/transcripts.service';
import { TransfersService } from './transfers.service';

/** Calls: their life, their queue and distribution, transcripts, and the telephone behind them. */
@Module({
  imports: [AgentsModule, CustomersModule],
  // those with fixed names before CallsController, whose /api/calls/:call_id would take them for calls
  controllers: [
    CarrierController,
    BrowserPhonesController,
    ...assistanceControllers,
    MetricsController,
    DepartmentsController,
    CallbacksController,
    RecordingsController,
    MonitoringController,
    CallsController,
    TranscriptsController,
    AgentPerformanceController,
  ],
  providers: [
    CallLedger,
    SampleCalls,
    CallEndings,
    ...assistanceProviders,
    CallsService,
    CallsQueries,
    StartCallService,
    TransfersService,
    Callbacks,
    CallbacksService,
    MetricsQueries,
    PerformanceQueries,
    AgentDesks,
    AnswersService,
    Departments,
    DistributionEngine,
    DueBell,
    DueSweeper,
    DueWork,
    Offers,
    QueueQueries,
    WaitingLine,
    CarrierSignals,
    CommandRunner,
    TelephonyCommands,
    SimulatedTelephony,
    TranscriptsService,
    HeardUtterances,
    CallLegs,
    CallTwiml,
    CarrierUrls,
    CarrierCallbacks,
    VoiceFlow,
    AgentPhones,
    BrowserPhonesService,
    MonitoringService,
    RecordingSteps,
    RecordingFetcher,
    RecordingsService,
    CallRecordings,
    { provide: RecordingMedia, useClass: TwilioMedia },
    {
      provide: Telephony,
      inject: [Config, SimulatedTelephony, Database, CarrierUrls, AgentPhones],
      useFactory: (
        config: Config,
        simulated: SimulatedTelephony,
        database: Database,
        urls: CarrierUrls,
        phones: AgentPhones,
      ): Telephony => {
        if (config.twilio) return new TwilioTelephony(config, database, urls, phones);
        return config.calls.simulatesCarrier ? simulated : new NoTelephony();
      },
    },
  ],
  exports: [Knowledge, CallsService, CallsQueries, CallRecordings],
})
export class CallsModule {}
