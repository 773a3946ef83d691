import { Module } from '@nestjs/common';
import { CustomerErasure } from './customer-erasure';
import { CustomersController } from './customers.controller';
import { CustomersQueries } from './customers.queries';
import { CustomersRepository } from './customers.repository';
import { CustomersService } from './customers.service';
import { ForeignCustomers } from './foreign-customers';
import { SampleCustomers } from './sample-customers';

@Module({
  controllers: [CustomersController],
  providers: [
    CustomersService,
    CustomersQueries,
    CustomersRepository,
    CustomerErasure,
    ForeignCustomers,
    SampleCustomers,
  ],
  exports: [CustomersService, CustomersQueries, CustomerErasure, ForeignCustomers],
})
export class CustomersModule {}
