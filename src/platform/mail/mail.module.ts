import { Global, Module } from '@nestjs/common';
import { Mailer } from './mailer';
import { MailWorker } from './mail-worker';
import { MailTransport } from './transport';

@Global()
@Module({ providers: [Mailer, MailTransport, MailWorker], exports: [Mailer] })
export class MailModule {}
