export { type CustomerErasureStep, CustomerErasure, type ErasedCustomer } from './customer-erasure';
export { CustomerRow } from './customer.entity';
export { type CustomerView, customerView } from './customer.view';
export { CustomersModule } from './customers.module';
export { CustomersQueries } from './customers.queries';
export { CustomersService, type KnownPerson } from './customers.service';
export { type ForeignCustomer, ForeignCustomers, type ForeignOutcome } from './foreign-customers';
