import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { CallNotFound } from '../calls.errors';
import { NotRecording, RangeNotSatisfiable, RecordingNotFound } from './recordings.errors';
import { RecordingReply, RecordingsReply } from './recording.view';
import { type Heard, RecordingsService } from './recordings.service';

const SOUND = { 'audio/wav': { schema: { type: 'string' as const, format: 'binary' } } };

@ApiTags('Recordings')
@Controller('api/calls')
export class RecordingsController {
  constructor(private readonly recordings: RecordingsService) {}

  /** List the recordings of a call */
  @Get(':call_id/recordings')
  @Allow(['agent', 'user'], 'calls:read')
  @ApiErrors(CallNotFound)
  list(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<RecordingsReply> {
    return this.recordings.list(actor, id);
  }

  /**
   * Hear the recording of a call
   *
   * @remarks The newest one, as WAV; parts of it by `Range`. Whoever may see the call may hear it, and each hearing is
   * kept in the audit log.
   */
  @Get(':call_id/recording')
  @Allow(['agent', 'user'], 'calls:read')
  @ApiProduces('audio/wav')
  @ApiHeader({ name: 'Range', description: '`bytes=0-1023`: a part.', required: false })
  @ApiResponse({ status: 200, description: 'The recording.', content: SOUND })
  @ApiResponse({ status: 206, description: 'The part asked for.', content: SOUND })
  @ApiErrors(CallNotFound, RecordingNotFound, RangeNotSatisfiable)
  async hear(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await send(response, id, await this.recordings.hear(actor, id, request.headers.range));
  }

  /**
   * Pause the recording
   *
   * @remarks What is said until it is resumed is left out: for card numbers.
   */
  @Post(':call_id/recording/pause')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallNotFound, NotRecording)
  pause(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<RecordingReply> {
    return this.recordings.pause(actor, id, true);
  }

  /** Resume the recording */
  @Post(':call_id/recording/resume')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallNotFound, NotRecording)
  resume(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<RecordingReply> {
    return this.recordings.pause(actor, id, false);
  }
}

async function send(response: Response, id: string, { content, contentType, size, range }: Heard): Promise<void> {
  const length = range ? range.end - range.start + 1 : size;
  response.status(range ? 206 : 200);
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', String(length));
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Disposition', `inline; filename="${id.replace(/[^\w-]/g, '')}.wav"`);
  if (range) response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  // whoever stops listening breaks off; there is nobody left to tell
  await pipeline(content, response).catch(() => response.destroy());
}
