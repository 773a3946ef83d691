import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { AgentsModule } from '../agents';
import { CustomersModule } from '../customers';
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
import { SimulatedTelephony } from './telephony/simulated.telephony';
import { TelephonyCommands } from './telephony/telephony-commands';
import { NoTelephony, Telephony } from './telephony/telephony.port';
import { TranscriptsController } from './transcripts/transcripts.controller';
import { TranscriptsService } from './transcripts/transcripts.service';
import { TransfersService } from './transfers.service';

/** Calls: their life, their queue and distribution, transcripts, and the telephone behind them. */
@Module({
  imports: [AgentsModule, CustomersModule],
  // those with fixed names before CallsController, whose /api/calls/:call_id would take them for calls
  controllers: [
    MetricsController,
    DepartmentsController,
    CallbacksController,
    CallsController,
    TranscriptsController,
    AgentPerformanceController,
  ],
  providers: [
    CallLedger,
    SampleCalls,
    CallEndings,
    Knowledge,
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
    {
      provide: Telephony,
      inject: [Config, SimulatedTelephony],
      useFactory: (config: Config, simulated: SimulatedTelephony): Telephony =>
        config.calls.simulatesCarrier ? simulated : new NoTelephony(),
    },
  ],
  exports: [Knowledge, CallsService, CallsQueries],
})
export class CallsModule {}
