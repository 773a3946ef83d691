import { Injectable, Logger } from '@nestjs/common';
import { type Actor, snapshot, systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { DomainError } from '../../../platform/errors';
import { newId } from '../../../platform/time/ids';
import { CallsQueries } from '../../calls';
import { CustomersService } from '../../customers';
import { LeadsQueries } from '../../dialer';
import { AccountNotAllowed, DtechNotConfigured, SalesProcessEnded, SalesProcessNotFound } from '../dtech.errors';
import {
  AmbiguousFailure,
  DtechClient,
  type GatewayLead,
  type GatewayPage,
  type GatewayUser,
} from '../gateway/dtech-client';
import { processStatus } from '../gateway/gateway-answer';
import { GatewayKeys } from '../gateway/gateway-keys';
import { saleStarted, saleUpdated } from '../sales.events';
import { followDelay } from './follow-schedule';
import type { ContinueSales, StartSales, StopSales } from './sales.dto';
import type { SalesProcessRow } from './sales-process.entity';
import { maySeeSale, SalesProcessRepository } from './sales-process.repository';
import type { ContinueSalesReply, SalesStatusReply, StartSalesReply } from './sales-process.view';

/** Longer than a start can take: a row that is still `starting` then was left by a process that died. */
export const START_SECONDS = 120;

/** Sells through the gateway. The gateway is never called inside a transaction, and a start is never sent twice. */
@Injectable()
export class SalesService {
  private readonly logger = new Logger(SalesService.name);

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly processes: SalesProcessRepository,
    private readonly gateway: DtechClient,
    private readonly keys: GatewayKeys,
    private readonly customers: CustomersService,
    private readonly leads: LeadsQueries,
    private readonly calls: CallsQueries,
  ) {}

  /**
   * Starts a process. The row is there before the request goes out, so that whatever dies in between leaves a trace: it
   * becomes `unknown`, never a second start.
   */
  async start(actor: Actor, input: StartSales): Promise<StartSalesReply> {
    this.checkAccount(input.account_id);
    await this.keys.current();
    if (input.lead_id !== undefined) await this.leads.one(actor, String(input.lead_id));
    if (input.call_id !== undefined) await this.calls.visible(actor, input.call_id);
    const id = newId();
    await this.database.transaction((tx) => this.insertStarting(tx, id, actor, input));
    try {
      const started = await this.gateway.start({
        account_id: input.account_id,
        user: sellerOf(input.user),
        lead: leadOf(input.lead),
      });
      await this.started(actor, id, started);
      return {
        sales_process_id: started.salesProcessId,
        url: started.url,
        url_expiry: started.urlExpiry?.toISOString() ?? null,
      };
    } catch (error) {
      throw await this.notStarted(actor, id, error);
    }
  }

  /** A fresh page of a running process. */
  async continue(actor: Actor, spid: string, input: ContinueSales): Promise<ContinueSalesReply> {
    this.checkAccount(input.account_id);
    const row = await this.visible(actor, spid);
    const page = await this.gateway.continue(spid, { account_id: input.account_id, user: sellerOf(input.user) });
    await this.database.transaction((tx) =>
      this.processes.change(tx, row.id, { url: page.url, url_expiry: page.urlExpiry }),
    );
    return { url: page.url, url_expiry: page.urlExpiry?.toISOString() ?? null };
  }

  /** What the gateway says now; our row follows it. */
  async status(actor: Actor, spid: string, accountId: string): Promise<SalesStatusReply> {
    this.checkAccount(accountId.toLowerCase());
    const row = await this.visible(actor, spid);
    const gateway = await this.gateway.status(spid, row.account_id);
    const after = await this.observe(actor, row.id, gateway);
    return { sales_process_id: spid, status: after.status, gateway, updated_at: after.updated_at.toISOString() };
  }

  /** Stops a process. When the gateway's answer is lost it is asked what became of it, before it is told once more. */
  async stop(actor: Actor, spid: string, input: StopSales): Promise<SalesStatusReply> {
    this.checkAccount(input.account_id);
    const row = await this.visible(actor, spid);
    if (row.status !== 'in_progress') throw new SalesProcessEnded(row.status);
    const gateway = await this.stopAtGateway(spid, row.account_id, input.reason);
    const after = await this.database.transaction(async (tx) => {
      const before = await this.processes.locked(tx, row.id);
      if (!before || before.status !== 'in_progress') return before ?? row;
      const changed = await this.processes.change(tx, row.id, {
        status: processStatus(gateway) === 'complete' ? 'complete' : 'stopped',
        stop_reason: input.reason,
        gateway_status: gateway,
        followInSeconds: null,
      });
      this.processes.tell(tx, actor, saleUpdated, changed);
      return changed;
    });
    return { sales_process_id: spid, status: after.status, gateway, updated_at: after.updated_at.toISOString() };
  }

  /** Asks for one process in progress, on behalf of the follower, and says when to ask again. */
  async follow(id: string): Promise<void> {
    const actor = systemActor('dtech.follow');
    const row = await this.database.read.one<SalesProcessRow>('select * from sales_process where id = $1', [id]);
    if (!row) return;
    if (row.status === 'starting') {
      await this.lost(actor, id, 'the process that sent the start ended before the answer was kept');
      return;
    }
    if (row.status !== 'in_progress' || !row.sales_process_id) return;
    try {
      await this.observe(actor, id, await this.gateway.status(row.sales_process_id, row.account_id), true);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn({ sales_process: id, code: error.code }, 'the status of a sale could not be read');
      await this.database.transaction((tx) => this.askAgain(tx, row));
    }
  }

  private async askAgain(tx: Parameters<SalesProcessRepository['change']>[0], row: SalesProcessRow): Promise<void> {
    await this.processes.change(tx, row.id, {
      follow_count: row.follow_count + 1,
      followInSeconds: followDelay(row.follow_count + 1) ?? null,
    });
  }

  /** Takes over what the gateway said; tells of it when the status is another. Final statuses never go back. */
  private observe(actor: Actor, id: string, gateway: unknown, scheduled = false): Promise<SalesProcessRow> {
    return this.database.transaction(async (tx) => {
      const before = await this.processes.locked(tx, id);
      if (!before) throw new SalesProcessNotFound(id);
      const status = processStatus(gateway);
      if (before.status !== 'in_progress' || !status || status === 'in_progress') {
        if (scheduled && before.status === 'in_progress') await this.askAgain(tx, before);
        return before;
      }
      const changed = await this.processes.change(tx, id, { status, gateway_status: gateway, followInSeconds: null });
      this.processes.tell(tx, actor, saleUpdated, changed);
      return changed;
    });
  }

  private async stopAtGateway(spid: string, accountId: string, reason: string): Promise<unknown> {
    try {
      return await this.gateway.stop(spid, { account_id: accountId, reason });
    } catch (error) {
      if (!(error instanceof AmbiguousFailure)) throw error;
      const said = await this.gateway.status(spid, accountId);
      // an answer nobody understands does not say that it was stopped
      if (['complete', 'stopped'].includes(processStatus(said) ?? '')) return said;
    }
    try {
      return await this.gateway.stop(spid, { account_id: accountId, reason });
    } catch (error) {
      throw error instanceof AmbiguousFailure ? error.shown : error;
    }
  }

  private async insertStarting(
    tx: Parameters<SalesProcessRepository['change']>[0],
    id: string,
    actor: Actor,
    input: StartSales,
  ): Promise<void> {
    const { lead } = input;
    const name = `${lead.first_name} ${lead.last_name}`;
    const customer = await this.customers.ensure(tx, actor, {
      phone: lead.phone_mobile,
      hints: 'ZA',
      name,
      email: lead.email ?? null,
      source: 'sale',
    });
    await tx.rows(
      `insert into sales_process (id, status, agent_id, lead_name, lead_phone, account_id, campaign_code, lead_origin,
         external_reference, seller, lead_details, started_by, owner_user_id, lead_id, call_id, customer_id, follow_at)
       values ($1, 'starting', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
         now() + $16 * interval '1 second')`,
      [
        id,
        actor.agent?.id ?? actor.id,
        name,
        lead.phone_mobile,
        input.account_id,
        lead.campaign_code,
        lead.lead_origin,
        lead.external_reference ?? null,
        JSON.stringify(sellerOf(input.user)),
        JSON.stringify({ phone_work: lead.phone_work, email: lead.email }),
        JSON.stringify(snapshot(actor)),
        actor.kind === 'user' ? actor.id : null,
        input.lead_id ?? null,
        input.call_id ?? null,
        customer?.id ?? null,
        START_SECONDS,
      ],
    );
  }

  private async started(actor: Actor, id: string, started: GatewayPage & { salesProcessId: string }): Promise<void> {
    const keep = this.database.transaction(async (tx) => {
      const row = await this.processes.change(tx, id, {
        status: 'in_progress',
        sales_process_id: started.salesProcessId,
        url: started.url,
        url_expiry: started.urlExpiry,
        failure: null,
        followInSeconds: followDelay(0) ?? null,
      });
      this.processes.tell(tx, actor, saleStarted, row);
    });
    try {
      await keep;
    } catch (error) {
      // the row becomes `unknown`; with this line a person can still find what was started
      const { message } = error as Error;
      this.logger.error({ sale: id, sales_process_id: started.salesProcessId }, `a start was not kept: ${message}`);
      throw error;
    }
  }

  /** Keeps why there is no process, and returns the error for the caller. */
  private async notStarted(actor: Actor, id: string, error: unknown): Promise<unknown> {
    if (error instanceof AmbiguousFailure) {
      await this.lost(actor, id, error.shown.message);
      return error.shown;
    }
    if (!(error instanceof DomainError)) return error;
    await this.database.transaction(async (tx) => {
      const row = await this.processes.change(tx, id, {
        status: 'failed',
        failure: error.message,
        followInSeconds: null,
      });
      this.processes.tell(tx, actor, saleUpdated, row);
    });
    return error;
  }

  private lost(actor: Actor, id: string, why: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const before = await this.processes.locked(tx, id);
      if (before?.status !== 'starting') return;
      const row = await this.processes.change(tx, id, { status: 'unknown', failure: why, followInSeconds: null });
      this.processes.tell(tx, actor, saleUpdated, row);
    });
  }

  private async visible(actor: Actor, spid: string): Promise<SalesProcessRow> {
    const row = await this.processes.byGatewayId(this.database.read, spid);
    if (!row || !maySeeSale(actor, row)) throw new SalesProcessNotFound(spid);
    return row;
  }

  private checkAccount(accountId: string): void {
    if (!this.config.dtech.accountId) throw new DtechNotConfigured();
    if (accountId !== this.config.dtech.accountId) throw new AccountNotAllowed();
  }
}

// Only what the gateway's documents name is sent on, whatever else the objects may carry.
const sellerOf = ({ external_id, first_name, last_name, provider_id }: GatewayUser): GatewayUser => ({
  external_id,
  first_name,
  last_name,
  provider_id,
});

const leadOf = (lead: GatewayLead): GatewayLead => ({
  first_name: lead.first_name,
  last_name: lead.last_name,
  phone_mobile: lead.phone_mobile,
  campaign_code: lead.campaign_code,
  lead_origin: lead.lead_origin,
  ...(lead.external_reference ? { external_reference: lead.external_reference } : {}),
  ...(lead.phone_work ? { phone_work: lead.phone_work } : {}),
  ...(lead.email ? { email: lead.email } : {}),
  ...(lead.id_number ? { id_number: lead.id_number } : {}),
});
