import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { AnswerHoldsSecret } from '../../../platform/http/idempotency/idempotency.decorators';
import { PageQuery } from '../../../platform/http/page';
import {
  AccountNotAllowed,
  DtechAuthFailed,
  DtechNotConfigured,
  DtechNotFound,
  DtechRefused,
  DtechTimeout,
  DtechUnavailable,
  NotAudio,
  RecordingCannotBeRetried,
  RecordingEnded,
  RecordingIsOurs,
  RecordingNotFound,
  RecordingTooLarge,
  SalesProcessNotFound,
} from '../dtech.errors';
import { ReceiveRecording } from './receive-recording';
import { RecordingReply, RecordingsReply, RecordingUrlReply } from './recording.view';
import { RecordingUrlInput, ReportUpload } from './recordings.dto';
import { RecordingsQueries } from './recordings.queries';
import { RecordingsService } from './recordings.service';

@ApiTags('Sales recordings')
@Controller('api/v1/sales')
export class RecordingsController {
  constructor(
    private readonly recordings: RecordingsService,
    private readonly receiver: ReceiveRecording,
    private readonly queries: RecordingsQueries,
  ) {}

  /**
   * Get a URL to upload a recording to (first of two steps)
   *
   * @remarks PUT the file to `upload_url` with the same `Content-Type` and, as `Content-MD5`, the hash in base64; then
   * report the end under `upload_id`. Unreported when the URL ends is `failed` with `NOT_REPORTED`.
   */
  @Post('recording-url/:spid')
  @HttpCode(200)
  @AnswerHoldsSecret()
  @Allow(['agent'], 'sales:write')
  @ApiErrors(AccountNotAllowed, SalesProcessNotFound, DtechNotFound, DtechRefused)
  @ApiErrors(DtechNotConfigured, DtechAuthFailed, DtechUnavailable, DtechTimeout)
  url(
    @CurrentActor() actor: Actor,
    @Param('spid') spid: string,
    @Body() input: RecordingUrlInput,
  ): Promise<RecordingUrlReply> {
    return this.recordings.url(actor, spid, input);
  }

  /**
   * Upload a recording in one step
   *
   * @remarks The file is streamed to our storage, its kind told by its content, its MD5 computed here; a worker brings it
   * to the gateway and tries again when that fails.
   */
  @Post('recordings/:spid')
  @Allow(['agent'], 'sales:write')
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary', description: 'WAV or MPEG audio' },
        date_start: { type: 'string', example: '2025-06-08T10:15:00' },
        date_end: { type: 'string', example: '2025-06-08T10:20:00' },
        filename: { type: 'string', example: 'recording.wav' },
      },
    },
  })
  @ApiErrors(SalesProcessNotFound, NotAudio, RecordingTooLarge)
  upload(@CurrentActor() actor: Actor, @Param('spid') spid: string, @Req() request: Request): Promise<RecordingReply> {
    return this.receiver.receive(actor, spid, request);
  }

  /** List the recordings of a sale, newest first */
  @Get('recordings/:spid')
  @Allow(['agent'], 'sales:read')
  @ApiErrors(SalesProcessNotFound)
  list(@CurrentActor() actor: Actor, @Param('spid') spid: string, @Query() query: PageQuery): Promise<RecordingsReply> {
    return this.queries.ofSale(actor, spid, query);
  }

  /** Show the state of an upload */
  @Get('upload-status/:upload_id')
  @Allow(['agent'], 'sales:read')
  @ApiErrors(RecordingNotFound)
  one(@CurrentActor() actor: Actor, @Param('upload_id') uploadId: string): Promise<RecordingReply> {
    return this.queries.one(actor, uploadId);
  }

  /** Report what became of an upload that the client did by itself */
  @Post('upload-status/:upload_id')
  @HttpCode(200)
  @Allow(['agent'], 'sales:write')
  @ApiErrors(RecordingNotFound, RecordingEnded, RecordingIsOurs)
  report(
    @CurrentActor() actor: Actor,
    @Param('upload_id') uploadId: string,
    @Body() input: ReportUpload,
  ): Promise<RecordingReply> {
    return this.recordings.report(actor, uploadId, input);
  }

  /** Try a failed upload again */
  @Post('upload-status/:upload_id/retry')
  @HttpCode(200)
  @Allow(['agent'], 'sales:write')
  @ApiErrors(RecordingNotFound, RecordingEnded, RecordingCannotBeRetried)
  retry(@CurrentActor() actor: Actor, @Param('upload_id') uploadId: string): Promise<RecordingReply> {
    return this.recordings.retry(actor, uploadId);
  }
}
