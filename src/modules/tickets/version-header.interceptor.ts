import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import type { TicketReply } from './ticket-replies.view';
import { versionTag } from './ticket-version';

/** Sends the version of the ticket in the reply as its ETag, for `If-Match`. */
@Injectable()
export class VersionHeader implements NestInterceptor<TicketReply> {
  intercept(context: ExecutionContext, next: CallHandler<TicketReply>): Observable<TicketReply> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((reply) => {
        response.setHeader('ETag', versionTag(reply.ticket.version));
        return reply;
      }),
    );
  }
}
