import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../platform/access/actor';
import { Database } from '../../platform/database/database';
import { TicketTeller } from './ticket-teller';
import type { TicketRow } from './ticket.entity';
import type { TicketWithSla } from './ticket.view';
import { MergeIntoItself, MergeOfTwoOwners, MergeTargetNotFound, TicketMerged, TicketNotFound } from './tickets.errors';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';
import { TicketClocks } from './sla/ticket-clocks';

const MOST_TAGS = 20;

/** Makes one ticket of two. */
@Injectable()
export class TicketMergingService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsRepository,
    private readonly service: TicketsService,
    private readonly clocks: TicketClocks,
    private readonly teller: TicketTeller,
  ) {}

  /**
   * Closes a ticket and points it to the one that stays, which shows its comments and history from then on.
   * Throws when either was merged before: of two merges in opposite directions one wins.
   */
  async merge(actor: Actor, code: string, intoCode: string): Promise<TicketWithSla> {
    if (code === intoCode) throw new MergeIntoItself();
    return this.database.transaction(async (tx) => {
      const locked = await this.tickets.lockBoth(tx, [code, intoCode]);
      const source = locked.find(({ ticket }) => ticket.code === code);
      const target = locked.find(({ ticket }) => ticket.code === intoCode);
      if (!source) throw new TicketNotFound(code);
      if (!target) throw new MergeTargetNotFound(intoCode);
      for (const { ticket } of locked) {
        if (ticket.merged_into_code) throw new TicketMerged(ticket.code, ticket.merged_into_code);
      }
      const from = await this.service.tellAlerts(tx, source);
      const into = await this.service.tellAlerts(tx, target);
      if (from.owner_user_id && into.owner_user_id && from.owner_user_id !== into.owner_user_id) {
        throw new MergeOfTwoOwners();
      }
      const { now } = target;
      const closed: Partial<TicketRow> = {
        status: 'closed',
        closed_at: from.closed_at ?? now,
        merged_into_id: into.id,
        merged_into_code: into.code,
        version: from.version + 1,
        updated_at: now,
      };
      const by = snapshot(actor);
      const merged = await this.tickets.save(
        tx,
        from,
        closed,
        [
          ...(from.status === 'closed' ? [] : [{ field: 'status', from: from.status, to: 'closed' }]),
          { field: 'merged_into', from: null, to: into.code },
        ],
        this.clocks.cancel(from.sla, now),
        by,
        now,
      );
      const tags = [...new Set([...into.tags, ...from.tags])].slice(0, MOST_TAGS);
      const gained = tags.length > into.tags.length;
      const kept = await this.tickets.save(
        tx,
        into,
        {
          ...(gained ? { tags } : {}),
          owner_user_id: into.owner_user_id ?? from.owner_user_id,
          version: into.version + 1,
          updated_at: now,
        },
        [
          { field: 'merged_from', from: null, to: from.code },
          ...(gained ? [{ field: 'tags', from: into.tags, to: tags }] : []),
        ],
        into.sla,
        by,
        now,
      );
      this.teller.updated(tx, actor, from, merged);
      this.teller.updated(tx, actor, into, kept, { merged_from: from.code });
      return kept;
    });
  }
}
