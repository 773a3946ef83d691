import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { CallNotFound } from '../calls.errors';
import { AskAssistance, SuggestionFeedback } from './assistance.dto';
import { OutcomeRecorded, SuggestionNotFound } from './assistance.errors';
import { AssistanceService } from './assistance.service';
import { AssistanceReply, FeedbackReply } from './assistance.view';

@ApiTags('Calls')
@Controller('api/calls/ai-assistance')
export class AssistanceController {
  constructor(private readonly assistance: AssistanceService) {}

  /**
   * Ask the assistance what to say or do
   * @remarks It knows the transcript of the call, the knowledge articles and how tickets were resolved. Card numbers,
   * national ids and IBANs are masked before anything is stored or leaves the house. When HomeAI fails or takes longer than
   * two seconds the answer is the local one, and `provider` says so.
   */
  @Post()
  @HttpCode(200)
  @Allow(['agent', 'user'], 'calls:write')
  @QueryOrBody(AskAssistance)
  @ApiErrors(CallNotFound)
  ask(@CurrentActor() actor: Actor, @Input() input: AskAssistance): Promise<AssistanceReply> {
    return this.assistance.ask(actor, input);
  }

  /** Say what became of a suggestion, once */
  @Post(':suggestion_id/feedback')
  @HttpCode(200)
  @Allow(['agent', 'user'], 'calls:write')
  @QueryOrBody(SuggestionFeedback)
  @ApiErrors(SuggestionNotFound, OutcomeRecorded)
  feedback(
    @CurrentActor() actor: Actor,
    @Param('suggestion_id') id: string,
    @Input() input: SuggestionFeedback,
  ): Promise<FeedbackReply> {
    return this.assistance.feedback(actor, id, input);
  }
}
