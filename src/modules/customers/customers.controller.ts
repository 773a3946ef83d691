import { Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../platform/http/input.decorator';
import { CustomerReply, CustomersReply, CustomerView } from './customer.view';
import { ChangeCustomer, CreateCustomer, ListCustomers } from './customers.dto';
import { CustomerAnonymised, CustomerExists, CustomerInUse, CustomerNotFound } from './customers.errors';
import { CustomersQueries } from './customers.queries';
import { CustomersService } from './customers.service';

@ApiTags('Customers')
@Controller('api/customers')
export class CustomersController {
  constructor(
    private readonly customers: CustomersService,
    private readonly queries: CustomersQueries,
  ) {}

  /**
   * List customers, newest first
   *
   * @remarks `search` finds customers by any words of name, telephone number, e-mail, company and customer number.
   */
  @Get()
  @Allow(['agent'], 'customers:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListCustomers): Promise<CustomersReply> {
    return this.queries.list(actor, query);
  }

  /** Show a customer by number or key */
  @Get(':customer')
  @Allow(['agent'], 'customers:read')
  @ApiErrors(CustomerNotFound)
  one(@CurrentActor() actor: Actor, @Param('customer') customer: string): Promise<CustomerReply> {
    return this.queries.one(actor, customer);
  }

  /** Add a customer */
  @Post()
  @Allow(['agent'], 'customers:write')
  @QueryOrBody(CreateCustomer)
  @ApiErrors(CustomerExists)
  async create(@CurrentActor() actor: Actor, @Input() input: CreateCustomer): Promise<CustomerReply> {
    return reply(await this.customers.create(actor, input));
  }

  /** Change a customer; only what is sent changes */
  @Patch(':customer')
  @Allow(['agent'], 'customers:write')
  @QueryOrBody(ChangeCustomer)
  @ApiErrors(CustomerNotFound, CustomerExists, CustomerAnonymised)
  async change(
    @CurrentActor() actor: Actor,
    @Param('customer') customer: string,
    @Input() input: ChangeCustomer,
  ): Promise<CustomerReply> {
    return reply(await this.customers.change(actor, customer, input));
  }

  /**
   * Remove a customer's personal data
   *
   * @remarks Cannot be undone. The record stays without the person; what was told of him in events is blanked too.
   */
  @Post(':customer/anonymise')
  @HttpCode(200)
  @Allow(['admin'], null)
  @ApiErrors(CustomerNotFound, CustomerInUse)
  async anonymise(@CurrentActor() actor: Actor, @Param('customer') customer: string): Promise<CustomerReply> {
    return reply(await this.customers.anonymise(actor, customer));
  }
}

const reply = (customer: CustomerView): CustomerReply => ({
  success: true,
  customer,
  timestamp: new Date().toISOString(),
});
