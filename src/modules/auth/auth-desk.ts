import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Actor, UserActor } from '../../platform/access/actor';
import { AuthCookies } from './auth-cookies';
import type {
  LoginDto,
  PasswordChangeDto,
  PasswordResetConfirmDto,
  PasswordResetDto,
  RefreshDto,
  RegisterDto,
} from './auth.dto';
import { AuthService, type SignedIn } from './auth.service';
import {
  type DoneView,
  doneView,
  type MeView,
  meView,
  type RefreshedView,
  refreshedView,
  type SignedInView,
  signedInView,
} from './auth.view';
import { PasswordResetsService } from './password-resets.service';
import type { Visitor } from './visitor';

const RESET_ANSWER = 'If an account with this email exists, a password reset link has been sent';

/** Between the use cases and HTTP: which answers set or take away cookies. */
@Injectable()
export class AuthDesk {
  constructor(
    private readonly auth: AuthService,
    private readonly resets: PasswordResetsService,
    private readonly cookies: AuthCookies,
  ) {}

  async register(
    actor: Actor | undefined,
    visitor: Visitor,
    input: RegisterDto,
    response: Response,
  ): Promise<SignedInView> {
    const signedIn = await this.auth.register(actor, visitor, input);
    // an admin who registers somebody stays who he is
    if (actor?.role !== 'admin') this.keep(response, visitor, signedIn);
    return signedInView('User registered successfully', signedIn.user, signedIn.session);
  }

  async login(visitor: Visitor, input: LoginDto, response: Response): Promise<SignedInView> {
    const signedIn = await this.auth.login(visitor, input);
    this.keep(response, visitor, signedIn);
    return signedInView('Login successful', signedIn.user, signedIn.session);
  }

  async logout(actor: UserActor, response: Response): Promise<DoneView> {
    await this.auth.logout(actor);
    this.cookies.forgetSession(response);
    return doneView('Logout successful');
  }

  async refresh(visitor: Visitor, { refresh }: RefreshDto, response: Response): Promise<RefreshedView> {
    const pair = await this.auth.refresh(refresh);
    this.cookies.renewSession(response, visitor.headers);
    return refreshedView(pair);
  }

  async me(actor: UserActor, visitor: Visitor, response: Response): Promise<MeView> {
    const user = await this.auth.me(actor);
    this.cookies.renewSession(response, visitor.headers);
    return meView(user, actor);
  }

  async changePassword(actor: UserActor, visitor: Visitor, input: PasswordChangeDto): Promise<DoneView> {
    await this.auth.changePassword(actor, visitor, input);
    return doneView('Password has been changed; other sessions have ended');
  }

  async requestReset(visitor: Visitor, { email }: PasswordResetDto): Promise<DoneView> {
    await this.resets.request(visitor, email);
    return doneView(RESET_ANSWER);
  }

  async confirmReset(visitor: Visitor, input: PasswordResetConfirmDto, response: Response): Promise<DoneView> {
    const email = await this.resets.confirm(visitor, input);
    this.cookies.keepDevice(response, email);
    this.cookies.forgetSession(response);
    return doneView('Password has been reset; sign in with the new one');
  }

  private keep(response: Response, { headers }: Visitor, { user, session }: SignedIn): void {
    this.cookies.keepSession(response, headers, session.cookie);
    this.cookies.keepDevice(response, user.email);
  }
}
