import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { IdempotencyKeys } from './idempotency/idempotency-keys';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor';
import { MediaTypeInterceptor } from './media-type.interceptor';

@Global()
@Module({
  providers: [
    IdempotencyKeys,
    { provide: APP_INTERCEPTOR, useClass: MediaTypeInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  ],
  exports: [IdempotencyKeys],
})
export class HttpModule {}
