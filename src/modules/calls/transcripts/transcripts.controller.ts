import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { PageQuery } from '../../../platform/http/page';
import { CallNotFound, TranscriptClosed } from '../calls.errors';
import { FoundMessages, MessageReply, TranscriptReply } from './transcript.view';
import { AddMessage, SearchTranscripts } from './transcripts.dto';
import { TranscriptsService } from './transcripts.service';

@ApiTags('Transcripts')
@Controller('api/transcripts')
export class TranscriptsController {
  constructor(private readonly transcripts: TranscriptsService) {}

  /** Find what was said in the calls you may see, newest first */
  @Get('search')
  @Allow(['agent', 'user'], 'calls:read')
  search(@CurrentActor() actor: Actor, @Query() query: SearchTranscripts): Promise<FoundMessages> {
    return this.transcripts.search(actor, query);
  }

  /** Read what was said in a call, in order */
  @Get(':call_id')
  @Allow(['agent', 'user'], 'calls:read')
  @ApiErrors(CallNotFound)
  read(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Query() query: PageQuery,
  ): Promise<TranscriptReply> {
    return this.transcripts.read(actor, id, query);
  }

  /** Write down what was said in a call */
  @Post(':call_id/messages')
  @Allow(['agent', 'user'], 'calls:write')
  @QueryOrBody(AddMessage)
  @ApiErrors(CallNotFound, TranscriptClosed)
  async add(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: AddMessage,
  ): Promise<MessageReply> {
    const message = await this.transcripts.add(actor, id, input);
    return { success: true, call_id: id, message, timestamp: new Date().toISOString() };
  }
}
