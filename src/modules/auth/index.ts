export { type AccountInput, Accounts } from './accounts';
export { AuthModule } from './auth.module';
export { EmailTaken } from './auth.errors';
export { makeAdmin } from './make-admin';
export { type AccountState, type NewUser, type NewUserStep, NewUserSteps } from './new-user-steps';
export { Passwords } from './passwords';
export { SAMPLE_CREDENTIALS } from './sample-accounts';
export { UserAccount, type UserRole } from './user-account.entity';
