import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Config } from '../../../../platform/config/config';

/** Where the carrier reaches us: what stands in an address has been signed when it comes back. */
@Injectable()
export class CarrierUrls {
  constructor(private readonly config: Config) {}

  to(route: string, query: Record<string, string> = {}): string {
    const search = new URLSearchParams(query).toString();
    return `${this.config.server.publicUrl}/api/calls/${route}${search ? `?${search}` : ''}`;
  }

  /** An address that is used for one request: asked for again it gets the same answer, and no other request gets it. */
  once(route: string, query: Record<string, string> = {}): string {
    return this.to(route, { ...query, n: randomBytes(6).toString('hex') });
  }
}

/** How an agent's browser telephone is called at the carrier, which allows letters, digits and `_`. */
export const clientIdentity = (agentCode: string): string => agentCode.replaceAll('-', '_');
