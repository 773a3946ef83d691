import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Reader, type Tx } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { newId } from '../../../platform/time/ids';
import { DepartmentNotFound } from '../calls.errors';
import type { ChangeDepartment } from './departments.dto';
import type { DepartmentSetting } from './queue.entity';
import type { OpeningHours } from './opening-hours';

const CLEARABLE = new Set(['opening_hours', 'max_queue_length', 'max_wait_seconds', 'overflow_department']);

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

  /** Every department's settings, by name. */
  list(): Promise<DepartmentSetting[]> {
    return this.database.read.rows<DepartmentSetting>(
      'select * from department_setting where name = any($1::text[]) order by name',
      [this.names],
    );
  }

  /** Changes how a department answers. The overflow must lead somewhere else. */
  change(_actor: Actor, name: string, input: ChangeDepartment): Promise<DepartmentSetting> {
    const wanted = this.names.find((department) => department === name.toLowerCase());
    if (!wanted) throw new DepartmentNotFound(`Department '${name}' not found`);
    return this.database.transaction(async (tx) => {
      const old = await tx.one<DepartmentSetting>('select * from department_setting where name = $1 for update', [
        wanted,
      ]);
      if (!old) throw new DepartmentNotFound(`Department '${name}' not found`);
      const given = Object.entries(input).filter(
        ([field, value]) => value !== undefined && (value !== null || CLEARABLE.has(field)),
      );
      const next = { ...old, ...(Object.fromEntries(given) as Partial<DepartmentSetting>) };
      next.overflow_department =
        next.overflow === 'department' ? this.overflowTarget(wanted, next.overflow_department) : null;
      const row = await tx.one<DepartmentSetting>(
        `update department_setting set time_zone = $2, opening_hours = $3, holidays = $4, max_queue_length = $5,
           max_wait_seconds = $6, overflow = $7, overflow_department = $8, service_level_seconds = $9,
           short_abandon_seconds = $10, updated_at = now() where id = $1 returning *`,
        [
          old.id,
          next.time_zone,
          next.opening_hours === null ? null : JSON.stringify(next.opening_hours),
          next.holidays,
          next.max_queue_length,
          next.max_wait_seconds,
          next.overflow,
          next.overflow_department,
          next.service_level_seconds,
          next.short_abandon_seconds,
        ],
      );
      return row ?? next;
    });
  }

  private overflowTarget(name: string, target: string | null): string {
    const found = target ? this.require(target, 'overflow_department') : undefined;
    if (found && found !== name) return found;
    const reason = 'must be another department where overflow is department';
    throw new Invalid(`overflow_department ${reason}`, { overflow_department: reason });
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
