import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { systemActor } from '../../../platform/access/actor';
import { Audit } from '../../../platform/audit/audit';
import type { Config } from '../../../platform/config/config';
import type { Database } from '../../../platform/database/database';
import { SecretBox } from '../../../platform/secrets/secret-box';
import { DtechClient } from '../gateway/dtech-client';
import { GatewayKeys } from '../gateway/gateway-keys';
import { ActivateDtech } from './activation.dto';
import { ActivationService } from './activation.service';
import type { ActivationReply } from './activation.view';

/** For whoever holds the machine: an activation without a running product. Throws with words for a person. */
export async function activateDtech(
  config: Config,
  database: Database,
  input: Pick<ActivateDtech, 'account_id' | 'security_group' | 'request_token'>,
): Promise<ActivationReply> {
  const checked = plainToInstance(ActivateDtech, input);
  const [problem] = validateSync(checked);
  if (problem) throw new Error(`${Object.values(problem.constraints ?? {})[0] ?? problem.property}`);
  const secrets = new SecretBox(config);
  const gateway = new DtechClient(config, new GatewayKeys(config, database, secrets));
  const activation = new ActivationService(config, database, gateway, secrets, new Audit());
  return activation.activate(systemActor('dtech:activate'), checked);
}
