import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { RateLimits } from './rate-limits';

@Global()
@Module({
  providers: [Authenticator, RateLimits, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [Authenticator, RateLimits],
})
export class AccessModule {}
