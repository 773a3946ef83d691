import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/database';
import { newId } from '../../../../platform/time/ids';
import type { CallLeg, ConferenceNews, LegPlace } from '../call-leg.entity';

/** The telephones of a call, as rows. The call's row is locked before any of these is written. */
@Injectable()
export class CallLegs {
  /** The caller's leg has been sent somewhere; its row is made when it is first heard of. */
  async callerAt(tx: Tx, callId: string, sid: string, place: LegPlace): Promise<void> {
    await tx.rows(
      `insert into call_leg (id, call_id, role, sid, place) values ($1, $2, 'caller', $3, $4)
       on conflict (call_id) where role = 'caller' do update set place = excluded.place`,
      [newId(), callId, sid, place],
    );
  }

  byId(tx: Tx, id: string): Promise<CallLeg | undefined> {
    return tx.one<CallLeg>('select * from call_leg where id = $1', [id]);
  }

  bySid(tx: Tx, sid: string): Promise<CallLeg | undefined> {
    return tx.one<CallLeg>('select * from call_leg where sid = $1', [sid]);
  }

  /** The legs of a call that have not ended, the caller's among them. */
  live(tx: Tx, callId: string): Promise<CallLeg[]> {
    return tx.rows<CallLeg>('select * from call_leg where call_id = $1 and ended_at is null order by created_at, id', [
      callId,
    ]);
  }

  /** The carrier has named the telephone that was rung. */
  async named(tx: Tx, id: string, sid: string): Promise<void> {
    await tx.rows('update call_leg set sid = $2 where id = $1 and sid is null', [id, sid]);
  }

  async ended(tx: Tx, id: string): Promise<void> {
    await tx.rows(
      `update call_leg set ended_at = clock_timestamp(), in_conference = false where id = $1 and ended_at is null`,
      [id],
    );
  }

  /**
   * What the carrier tells of a leg in a conference, unless something newer is known of it there. Each conference counts
   * for itself, so that the order in which they are told of makes no difference. Returns whether it was news.
   */
  async inConference(tx: Tx, sid: string, conference: string, news: ConferenceNews): Promise<boolean> {
    const leg = await tx.one<CallLeg>('select * from call_leg where sid = $1 for update', [sid]);
    const known = leg && Object.hasOwn(leg.conferences, conference) ? leg.conferences[conference] : undefined;
    if (!leg || (known && known.sequence >= news.sequence)) return false;
    const conferences = { ...leg.conferences, [conference]: news };
    const isIn = Object.values(conferences).some((one) => one.isIn) && leg.ended_at === null;
    await tx.rows('update call_leg set conferences = $2, in_conference = $3 where id = $1', [
      leg.id,
      JSON.stringify(conferences),
      isIn,
    ]);
    return true;
  }
}
