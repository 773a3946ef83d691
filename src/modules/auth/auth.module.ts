import { Module } from '@nestjs/common';
import { Accounts } from './accounts';
import { NewUserSteps } from './new-user-steps';
import { Passwords } from './passwords';

/** Who somebody is: accounts, sessions, tokens, API keys. */
@Module({
  providers: [NewUserSteps, Passwords, Accounts],
  exports: [NewUserSteps, Passwords, Accounts],
})
export class AuthModule {}
