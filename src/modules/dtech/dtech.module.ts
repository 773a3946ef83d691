import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers';
import { DialerModule } from '../dialer';
import { ActivationController } from './activation/activation.controller';
import { ActivationService } from './activation/activation.service';
import { DtechClient } from './gateway/dtech-client';
import { GatewayKeys } from './gateway/gateway-keys';
import { FollowProcesses } from './processes/follow-processes';
import { SalesProcessRepository } from './processes/sales-process.repository';
import { SalesController } from './processes/sales.controller';
import { SalesQueries } from './processes/sales.queries';
import { SalesService } from './processes/sales.service';

@Module({
  imports: [CustomersModule, DialerModule],
  controllers: [ActivationController, SalesController],
  providers: [
    GatewayKeys,
    DtechClient,
    ActivationService,
    SalesProcessRepository,
    SalesService,
    SalesQueries,
    FollowProcesses,
  ],
})
export class DtechModule {}
