import { SetMetadata } from '@nestjs/common';

export const ANSWER_HOLDS_SECRET = 'http:answer-holds-secret';

/** The route's answer shows a secret (a key, a signing secret): kept for replay it is sealed. */
export const AnswerHoldsSecret = (): MethodDecorator => SetMetadata(ANSWER_HOLDS_SECRET, true);
