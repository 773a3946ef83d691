import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Audit } from '../../../platform/audit/audit';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { SecretBox } from '../../../platform/secrets/secret-box';
import { newId } from '../../../platform/time/ids';
import { AccountNotAllowed, DtechNotConfigured, DtechUnavailable } from '../dtech.errors';
import { AmbiguousFailure, DtechClient } from '../gateway/dtech-client';
import { textIn } from '../gateway/gateway-answer';
import { KEY_PLACE } from '../gateway/gateway-keys';
import type { ActivateDtech } from './activation.dto';
import type { ActivationReply } from './activation.view';

/** Turns the temporary token into keys. */
@Injectable()
export class ActivationService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly gateway: DtechClient,
    private readonly secrets: SecretBox,
    private readonly audit: Audit,
  ) {}

  /** Asks the gateway once and keeps the keys sealed. The answer is read tolerantly: its spelling is not published. */
  async activate(actor: Actor, input: ActivateDtech): Promise<ActivationReply> {
    const { accountId, environment, credentials } = this.config.dtech;
    if (!accountId) throw new DtechNotConfigured();
    if (input.account_id !== accountId) throw new AccountNotAllowed();
    const keys = keysIn(await this.ask(input));
    if (!keys) throw new DtechUnavailable('The sales gateway answered without keys');
    const id = newId();
    await this.database.transaction(async (tx) => {
      await tx.rows(
        `insert into dtech_activation (id, environment, account_id, security_group, access_key_id, secret_access_key)
         values ($1, $2, $3, $4, $5, $6)`,
        [
          id,
          environment,
          accountId,
          input.security_group,
          keys.accessKeyId,
          this.secrets.seal(keys.secret, KEY_PLACE(id)),
        ],
      );
      await this.audit.record(tx, actor, 'dtech.activated', `dtech_activation:${id}`, {
        environment,
        access_key_id: keys.accessKeyId,
      });
    });
    return {
      success: true,
      environment,
      account_id: accountId,
      access_key_id: keys.accessKeyId,
      in_use: credentials === undefined,
    };
  }

  private async ask(input: ActivateDtech): Promise<unknown> {
    try {
      return await this.gateway.activate(input.security_group, {
        account_id: input.account_id,
        request_token: input.request_token,
      });
    } catch (error) {
      throw error instanceof AmbiguousFailure ? error.shown : error;
    }
  }
}

/** The key pair in an answer, at its top or under one of the usual members. */
function keysIn(body: unknown): { accessKeyId: string; secret: string } | undefined {
  const places = [
    body,
    ...['credentials', 'Credentials', 'data', 'keys'].map((name) => (body as Record<string, unknown> | null)?.[name]),
  ];
  for (const place of places) {
    const accessKeyId = textIn(
      place,
      'access_key_id',
      'aws_access_key_id',
      'accessKeyId',
      'AccessKeyId',
      'access_key',
      'AWS_ACCESS_KEY_ID',
    );
    const secret = textIn(
      place,
      'secret_access_key',
      'aws_secret_access_key',
      'secretAccessKey',
      'SecretAccessKey',
      'secret_key',
      'AWS_SECRET_ACCESS_KEY',
    );
    if (accessKeyId && secret) return { accessKeyId, secret };
  }
  return undefined;
}
