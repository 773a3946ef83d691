import {
  BadGateway,
  Conflict,
  type ErrorDetails,
  Forbidden,
  GatewayTimeout,
  Invalid,
  NotFound,
  TooLarge,
  TooManyRequests,
  Unavailable,
  UnsupportedMediaType,
} from '../../platform/errors';

/** 503: no account or no keys are set; nothing can be sold. */
export class DtechNotConfigured extends Unavailable {
  static override readonly code = 'DTECH_NOT_CONFIGURED';
  constructor() {
    super('The sales gateway is not set up: DIFFERENT_ACCOUNT_ID and the keys of its activation are needed');
  }
}

/** 403: the account in the request is not ours. */
export class AccountNotAllowed extends Forbidden {
  static override readonly code = 'ACCOUNT_NOT_ALLOWED';
  constructor() {
    super('This account_id is not ours', { account_id: 'is not ours' });
  }
}

/** 404: no such sales process, or not yours. */
export class SalesProcessNotFound extends NotFound {
  static override readonly code = 'SALES_PROCESS_NOT_FOUND';
  constructor(spid: string) {
    super(`Sales process '${spid}' not found`);
  }
}

/** 404: no such recording, or not yours. */
export class RecordingNotFound extends NotFound {
  static override readonly code = 'RECORDING_NOT_FOUND';
  constructor(id: string) {
    super(`Recording '${id}' not found`);
  }
}

/** 409: the sales process has ended. */
export class SalesProcessEnded extends Conflict {
  static override readonly code = 'SALES_PROCESS_ENDED';
  constructor(status: string) {
    super(`The sales process is ${status}`);
  }
}

/** 400: the gateway refused the input; the message is its own. */
export class DtechRefused extends Invalid {
  static override readonly code: string = 'DTECH_REFUSED';
  constructor(message: string, details?: ErrorDetails) {
    super(message, details);
  }
}

/** 404: the gateway knows no such process. */
export class DtechNotFound extends NotFound {
  static override readonly code = 'DTECH_NOT_FOUND';
}

/** 409: the gateway says that this cannot be done in the present state. */
export class DtechConflict extends Conflict {
  static override readonly code = 'DTECH_CONFLICT';
}

/** 429: the gateway asks us to slow down; `retryAfter` in seconds. */
export class DtechTooManyRequests extends TooManyRequests {
  static override readonly code = 'DTECH_TOO_MANY_REQUESTS';
}

/** 502: the gateway does not accept our keys, signature or clock; its own reason is in our log. */
export class DtechAuthFailed extends BadGateway {
  static override readonly code = 'DTECH_AUTH_FAILED';
  constructor() {
    super('The sales gateway did not accept our credentials');
  }
}

/** 502: the gateway failed, cannot be reached or answers what nobody understands. */
export class DtechUnavailable extends BadGateway {
  static override readonly code = 'DTECH_UNAVAILABLE';
  constructor(message = 'The sales gateway failed') {
    super(message);
  }
}

/** 504: the gateway did not answer in time. */
export class DtechTimeout extends GatewayTimeout {
  static override readonly code = 'DTECH_TIMEOUT';
  constructor() {
    super('The sales gateway did not answer in time');
  }
}

/** 409: the upload has ended, or has not failed. */
export class RecordingEnded extends Conflict {
  static override readonly code = 'RECORDING_STATE';
  constructor(status: string) {
    super(`The recording is ${status}`);
  }
}

/** 409: we carry this recording ourselves; nobody reports on it. */
export class RecordingIsOurs extends Conflict {
  static override readonly code = 'RECORDING_IS_OURS';
  constructor() {
    super('This recording is uploaded by the server; its state is not reported by clients');
  }
}

/** 409: the file is not here (any more). */
export class RecordingCannotBeRetried extends Conflict {
  static override readonly code = 'RECORDING_FILE_GONE';
  constructor() {
    super('The file is not here; send it again');
  }
}

/** 415: what was sent is no WAV or MPEG audio. */
export class NotAudio extends UnsupportedMediaType {
  static override readonly code = 'NOT_AUDIO';
  constructor() {
    super('The file is neither WAV nor MPEG audio', { file: 'is neither WAV nor MPEG audio' });
  }
}

/** 413: the file is larger than RECORDING_MAX_MB. */
export class RecordingTooLarge extends TooLarge {
  static override readonly code = 'RECORDING_TOO_LARGE';
  constructor(bytes: number) {
    super(`The file is larger than ${Math.floor(bytes / 1024 / 1024)} MB`, { file: 'is too large' });
  }
}
