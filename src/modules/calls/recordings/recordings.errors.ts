import { Conflict, DomainError, NotFound } from '../../../platform/errors';

/** The call has no recording, or none that can be heard (yet, or any more). */
export class RecordingNotFound extends NotFound {
  static override readonly code = 'RECORDING_NOT_FOUND';

  constructor() {
    super('There is no recording of this call to be heard');
  }
}

/** The call is not being recorded at present. */
export class NotRecording extends Conflict {
  static override readonly code = 'NOT_RECORDING';

  constructor() {
    super('This call is not being recorded');
  }
}

/** The recording has no such bytes. */
export class RangeNotSatisfiable extends DomainError {
  static override readonly status: number = 416;
  static override readonly code: string = 'RANGE_NOT_SATISFIABLE';

  constructor(readonly size: number) {
    super('The recording has no such bytes');
  }

  override get extra(): Record<string, unknown> {
    return { size: this.size };
  }
}
