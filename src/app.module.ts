import { type DynamicModule, Global, Module } from '@nestjs/common';
import './events.catalogue';
import { AuthModule } from './modules/auth';
import { AgentsModule } from './modules/agents';
import { CallsModule } from './modules/calls';
import { CustomersModule } from './modules/customers';
import { DialerModule } from './modules/dialer';
import { DtechModule } from './modules/dtech';
import { LiveModule } from './modules/live';
import { TicketsModule } from './modules/tickets';
import { WebhooksModule } from './modules/webhooks';
import { AccessModule } from './platform/access/access.module';
import { AuditModule } from './platform/audit/audit.module';
import { Config } from './platform/config/config';
import { DatabaseUrl } from './platform/database/database-url';
import { DatabaseModule } from './platform/database/database.module';
import { EventsModule } from './platform/events/events.module';
import { HttpModule } from './platform/http/http.module';
import { InboxModule } from './platform/inbox/inbox.module';
import { JobsModule } from './platform/jobs/jobs.module';
import { MailModule } from './platform/mail/mail.module';
import { OutboundModule } from './platform/outbound/outbound.module';
import { SampleDataModule } from './platform/sample-data/sample-data.module';
import { SecretsModule } from './platform/secrets/secrets.module';
import { StorageModule } from './platform/storage/storage.module';
import { loggingModule } from './platform/telemetry/logging';
import { TelemetryModule } from './platform/telemetry/telemetry.module';

/** What is known before Nest starts: the checked configuration and where the database is. */
@Global()
@Module({})
class StartModule {
  static with(config: Config, url: DatabaseUrl): DynamicModule {
    return {
      module: StartModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: DatabaseUrl, useValue: url },
      ],
      exports: [Config, DatabaseUrl],
    };
  }
}

/** The platform, then the rooms in floor order. */
@Module({})
export class AppModule {
  static with(config: Config, url: DatabaseUrl): DynamicModule {
    return {
      module: AppModule,
      imports: [
        StartModule.with(config, url),
        loggingModule(),
        DatabaseModule,
        EventsModule,
        JobsModule,
        InboxModule,
        OutboundModule,
        AccessModule,
        HttpModule,
        TelemetryModule,
        AuditModule,
        MailModule,
        SampleDataModule,
        // before the agents, whose /api/agents/:agent would take /api/agents/performance for an agent
        CallsModule,
        AuthModule,
        CustomersModule,
        AgentsModule,
        DialerModule,
        SecretsModule,
        StorageModule,
        DtechModule,
        TicketsModule,
        WebhooksModule,
        // a process that only does chores opens no sockets
        ...(config.servesHttp ? [LiveModule] : []),
      ],
    };
  }
}
