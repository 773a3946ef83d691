import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database, type Reader, type Tx } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { newId } from '../../../platform/time/ids';
import type { DepartmentSetting } from './queue.entity';
import type { OpeningHours } from './opening-hours';

/** The departments of the configuration, each with how it answers. */
@Injectable()
export class Departments implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Every configured department has a row; one that is there keeps what was set. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction((tx) => this.ensureRows(tx));
  }

  private async ensureRows(tx: Tx): Promise<void> {
    const { departments, serviceLevelSeconds, shortAbandonSeconds } = this.config.calls;
    // in a fixed order, so that processes that start together do not wait for each other in a circle
    const names = [...departments].sort();
    await tx.rows(
      `insert into department_setting (id, name, time_zone, holidays, overflow, service_level_seconds, short_abandon_seconds)
       select d.id, d.name, $3, '{}', 'voicemail', $4, $5 from unnest($1::uuid[], $2::text[]) as d(id, name)
       on conflict (name) do nothing`,
      [names.map(newId), names, this.config.time.businessZone, serviceLevelSeconds, shortAbandonSeconds],
    );
  }

  get names(): readonly string[] {
    return this.config.calls.departments;
  }

  /** Where a call goes that says nothing about itself: reception, or the first there is. */
  get first(): string {
    return this.names.includes('reception') ? 'reception' : (this.names[0] ?? 'reception');
  }

  /** The department called so in any spelling of case; throws Invalid naming `field` for one there is not. */
  require(name: string, field = 'department'): string {
    const wanted = name.trim().toLowerCase();
    const found = this.names.find((department) => department === wanted);
    if (!found) {
      const there = `must be one of ${this.names.join(', ')}`;
      throw new Invalid(`${field} ${there}`, { [field]: there });
    }
    return found;
  }

  /** How a department answers. */
  async setting(reader: Reader, name: string): Promise<DepartmentSetting> {
    const row = await reader.one<DepartmentSetting>('select * from department_setting where name = $1', [name]);
    if (!row) throw new Error(`department ${name} has no settings`);
    return row;
  }
}

export const hoursOf = (setting: DepartmentSetting): OpeningHours => ({
  zone: setting.time_zone,
  week: setting.opening_hours,
  holidays: setting.holidays,
});
