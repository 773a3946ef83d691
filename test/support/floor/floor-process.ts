// One process of the house, for simulations of the call floor: the whole product without its HTTP door. It does what the
// parent tells it over IPC, as the agent or the caller that the parent names.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../../src/app.module';
import { AgentsService } from '../../../src/modules/agents';
import { CallsService } from '../../../src/modules/calls';
import { AnswersService } from '../../../src/modules/calls/queue/answers.service';
import { TransfersService } from '../../../src/modules/calls/transfers.service';
import { systemActor, type UserActor } from '../../../src/platform/access/actor';
import { Config } from '../../../src/platform/config/config';
import { DatabaseUrl } from '../../../src/platform/database/database-url';
import type { Order } from './orders';

const CALLER = systemActor('caller');

async function main(): Promise<void> {
  const config = Config.load({ ...process.env, ...(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>) });
  const app = await NestFactory.create(AppModule.with(config, new DatabaseUrl(config.database.url ?? '')), {
    logger: process.env.TEST_LOG_LEVEL ? ['error', 'warn'] : false,
    abortOnError: false,
  });
  // everything works, nothing listens
  await app.init();
  const calls = app.get(CallsService, { strict: false });
  const answers = app.get(AnswersService, { strict: false });
  const transfers = app.get(TransfersService, { strict: false });
  const agents = app.get(AgentsService, { strict: false });

  const actorOf = (order: Order): UserActor => ({
    kind: 'user',
    id: order.agent?.userId ?? '',
    role: 'agent',
    sessionId: order.agent?.userId ?? '',
    agent: { id: order.agent?.id ?? '', code: order.agent?.code ?? '', departments: [], isSupervisor: false },
  });

  const obey = async (order: Order): Promise<unknown> => {
    const actor = actorOf(order);
    const code = order.call ?? '';
    switch (order.do) {
      case 'ring': {
        const call = await calls.create(CALLER, { phone_number: order.phone ?? '', metadata: { n: order.n } });
        await calls.route(CALLER, call.call_id, { department: order.department });
        return call.call_id;
      }
      case 'route':
        return calls.route(CALLER, code, { department: order.department });
      case 'hang-up':
        return calls.end(CALLER, code);
      case 'accept':
        return answers.accept(actor, code);
      case 'reject':
        return answers.reject(actor, code);
      case 'hold':
        return calls.hold(actor, code);
      case 'resume':
        return calls.resume(actor, code);
      case 'transfer':
        return transfers.transfer(actor, code, { target_department: order.department });
      case 'transfer-to':
        return transfers.transfer(actor, code, { agent_id: order.target });
      case 'consult':
        return transfers.consult(actor, code, order.target ?? '');
      case 'complete':
        return transfers.complete(actor, code);
      case 'cancel':
        return transfers.cancel(actor, code);
      case 'end':
        return calls.end(actor, code);
      case 'available':
        return agents.setStatus(actor, order.agent?.code ?? '', { status: 'available' });
    }
  };

  process.on('message', (order: Order) => {
    obey(order).then(
      (value) => process.send?.({ id: order.id, value: typeof value === 'string' ? value : null }),
      (error: Error & { code?: string }) =>
        process.send?.({ id: order.id, error: error.message, code: error.code ?? 'UNKNOWN', stack: error.stack }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
