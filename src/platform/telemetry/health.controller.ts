import { Controller, Get } from '@nestjs/common';
import { Public } from '../access/access.decorators';
import { Unlimited } from '../access/rate-limit.decorator';
import { Database } from '../database/database';
import { Unavailable } from '../errors';

/** The database does not answer. */
export class NotReady extends Unavailable {
  static override readonly code = 'NOT_READY';
}

/** For load balancers and watchdogs. */
@Public()
@Unlimited()
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  /** Whether the process answers at all. */
  @Get()
  health(): { status: string; timestamp: string } {
    return { status: 'ok', timestamp: new Date().toISOString() };
  }

  /** Whether the process can serve: the database answers. */
  @Get('ready')
  async ready(): Promise<{ status: string; checks: { database: string }; timestamp: string }> {
    try {
      await this.database.read.rows('select 1');
    } catch {
      throw new NotReady('The database does not answer', { database: 'does not answer' });
    }
    return { status: 'ready', checks: { database: 'ok' }, timestamp: new Date().toISOString() };
  }
}
