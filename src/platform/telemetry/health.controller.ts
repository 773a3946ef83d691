import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators';
import { Unlimited } from '../access/rate-limit.decorator';
import { Database } from '../database/database';
import { Unavailable } from '../errors';
import { ApiErrors } from '../http/api-errors';
import { HealthReply, ReadyReply } from './health.view';

/** The database does not answer. */
export class NotReady extends Unavailable {
  static override readonly code = 'NOT_READY';
}

/** For load balancers and watchdogs. */
@Public()
@Unlimited()
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  /** Whether the process answers at all. */
  @Get()
  health(): HealthReply {
    return { status: 'ok', timestamp: new Date().toISOString() };
  }

  /** Whether the process can serve: the database answers. */
  @Get('ready')
  @ApiErrors(NotReady)
  async ready(): Promise<ReadyReply> {
    try {
      await this.database.read.rows('select 1');
    } catch {
      throw new NotReady('The database does not answer', { database: 'does not answer' });
    }
    return { status: 'ready', checks: { database: 'ok' }, timestamp: new Date().toISOString() };
  }
}
