import { SetMetadata } from '@nestjs/common';

/** How much of something a caller may do in a fixed window. */
export interface Limit {
  /** Stands in the `RateLimit` headers; routes that name the same limit share it. */
  name: string;
  points: number;
  seconds: number;
  /** `caller` (default): the signed-in principal, else the address. `address`: always the address. */
  per?: 'caller' | 'address';
}

export const RATE_LIMIT = 'access:rate-limit';

/** What a route without `@Limit` is held to, by its method. */
export const READS: Limit = { name: 'reads', points: 600, seconds: 60 };
export const WRITES: Limit = { name: 'writes', points: 300, seconds: 60 };

/** What an address may send to routes with a guard of their own that the guard refuses: wrong keys and signatures. */
export const REFUSALS: Limit = { name: 'refusals', points: 60, seconds: 60, per: 'address' };

/** Holds a route to a limit of its own instead of the one for reads or writes. */
export const Limit = (limit: Limit): MethodDecorator & ClassDecorator => SetMetadata(RATE_LIMIT, limit);

/** Not limited at all: what load balancers ask every second. */
export const Unlimited = (): MethodDecorator & ClassDecorator => SetMetadata(RATE_LIMIT, null);
