import { Conflict, Forbidden, Invalid, NotFound, Unauthenticated } from '../../platform/errors';

/** The e-mail already has an account. */
export class EmailTaken extends Conflict {
  static override readonly code = 'EMAIL_TAKEN';

  constructor() {
    super('A user with this email already exists', { email: 'already has an account' });
  }
}

/** Unknown e-mail, wrong password or disabled account: one answer for all three. */
export class WrongCredentials extends Unauthenticated {
  static override readonly code = 'WRONG_CREDENTIALS';

  constructor() {
    super('Email or password is wrong');
  }
}

/** Who is signed in gave another password than his. No 401: his session is as good as before. */
export class WrongPassword extends Invalid {
  static override readonly code = 'WRONG_PASSWORD';

  constructor() {
    super('The current password is wrong', { current_password: 'is wrong' });
  }
}

/** The token or key is unknown, over, or its session has ended. */
export class TokenRefused extends Unauthenticated {
  static override readonly code = 'TOKEN_REFUSED';

  constructor(message = 'The token is not valid or has expired') {
    super(message);
  }
}

/** Only an admin gives roles. */
export class RoleNotAllowed extends Forbidden {
  static override readonly code = 'ROLE_NOT_ALLOWED';

  constructor() {
    super('Only an admin can register somebody with this role', { role: 'may only be given by an admin' });
  }
}

/** A cookie came with a request that writes, but from a page that is not ours. */
export class OriginRefused extends Forbidden {
  static override readonly code = 'ORIGIN_REFUSED';

  constructor() {
    super('A session cookie is only taken from pages of this site (Origin)');
  }
}

/** Somebody must remain who can administer. */
export class LastAdmin extends Conflict {
  static override readonly code = 'LAST_ADMIN';

  constructor() {
    super('The last active admin can be neither disabled nor given another role');
  }
}

/** No such user. */
export class UserNotFound extends NotFound {
  static override readonly code = 'USER_NOT_FOUND';

  constructor() {
    super('User not found');
  }
}

/** No such API key. */
export class ApiKeyNotFound extends NotFound {
  static override readonly code = 'API_KEY_NOT_FOUND';

  constructor() {
    super('API key not found');
  }
}

/** The reset token is unknown, used or over. */
export class ResetTokenRefused extends Invalid {
  static override readonly code = 'RESET_TOKEN_REFUSED';

  constructor() {
    super('The reset token is not valid or has expired', { token: 'is not valid or has expired' });
  }
}
