import { Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens';
import { Accounts } from './accounts';
import { ApiKeyHolders } from './api-key-holders';
import { ApiKeysController } from './api-keys.controller';
import { ApiKeysService } from './api-keys.service';
import { AuthCookies } from './auth-cookies';
import { AuthDesk } from './auth-desk';
import { AuthSweep } from './auth-sweep';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { CredentialDesk } from './credentials';
import { FirstAdmin } from './first-admin';
import { NewUserSteps } from './new-user-steps';
import { PasswordResetsService } from './password-resets.service';
import { Passwords } from './passwords';
import { SampleAccounts } from './sample-accounts';
import { Sessions } from './sessions';
import { SignInSlowdown } from './sign-in-slowdown';
import { UsersController } from './users.controller';
import { UsersQueries } from './users.queries';
import { UsersService } from './users.service';

/** Who somebody is: accounts, sessions, tokens, API keys. */
@Module({
  controllers: [AuthController, UsersController, ApiKeysController],
  providers: [
    NewUserSteps,
    Passwords,
    Accounts,
    AuthCookies,
    SignInSlowdown,
    Sessions,
    AccessTokens,
    ApiKeyHolders,
    CredentialDesk,
    AuthService,
    AuthDesk,
    PasswordResetsService,
    UsersService,
    UsersQueries,
    ApiKeysService,
    FirstAdmin,
    SampleAccounts,
    AuthSweep,
  ],
  exports: [NewUserSteps, Passwords, Accounts],
})
export class AuthModule {}
