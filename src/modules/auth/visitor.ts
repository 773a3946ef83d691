import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { AccessRequest } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';

/** Where a request to sign in comes from. */
export interface Visitor {
  /** The network address that is counted; of IPv6 the /64 a subscriber is given, else one could change it at will. */
  address: string;
  userAgent: string | null;
  headers: IncomingHttpHeaders;
}

/** The address to count for; text that is no address counts as itself. */
export function countedAddress(ip: string | undefined): string {
  if (!ip || !ipaddr.isValid(ip)) return ip?.slice(0, 60) ?? 'unknown';
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  const parts = (address as ipaddr.IPv6).parts.slice(0, 4);
  return `${parts.map((part) => part.toString(16)).join(':')}::/64`;
}

/** The visitor of the request, in a controller's parameter list. */
export const CurrentVisitor = createParamDecorator((_data: unknown, context: ExecutionContext): Visitor => {
  const request = context.switchToHttp().getRequest<Request>();
  return {
    address: countedAddress(request.ip),
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    headers: request.headers,
  };
});

/** Who asks on a public route, undefined when nobody is signed in. */
export const OptionalActor = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Actor | undefined =>
    context.switchToHttp().getRequest<AccessRequest>().actor,
);
