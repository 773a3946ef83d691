import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allow, CurrentActor, Public } from '../../platform/access/access.decorators';
import type { Actor, UserActor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import {
  LoginDto,
  PasswordChangeDto,
  PasswordResetConfirmDto,
  PasswordResetDto,
  RefreshDto,
  RegisterDto,
} from './auth.dto';
import {
  EmailTaken,
  ResetTokenRefused,
  RoleNotAllowed,
  TokenRefused,
  WrongCredentials,
  WrongPassword,
} from './auth.errors';
import { DoneView, MeView, RefreshedView, SignedInView } from './auth.view';
import { AuthDesk } from './auth-desk';
import { CurrentVisitor, OptionalActor, type Visitor } from './visitor';

@ApiTags('auth')
@Controller('api/auth')
export class AuthController {
  constructor(private readonly desk: AuthDesk) {}

  /**
   * Register
   * @remarks Makes an account with the role `user` and signs it in. With an admin's token beside it another role may be given; an agent gets his agent profile with it.
   */
  @Public()
  @ApiErrors(EmailTaken, RoleNotAllowed)
  @Post('register')
  register(
    @OptionalActor() actor: Actor | undefined,
    @CurrentVisitor() visitor: Visitor,
    @Body() input: RegisterDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInView> {
    return this.desk.register(actor, visitor, input, response);
  }

  /**
   * Sign in
   * @remarks Answers the tokens of a new session and sets its cookie. An unknown e-mail is answered as a wrong password is. Repeated failures are slowed down with 429.
   */
  @Public()
  @ApiErrors(WrongCredentials)
  @HttpCode(200)
  @Post('login')
  login(
    @CurrentVisitor() visitor: Visitor,
    @Body() input: LoginDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInView> {
    return this.desk.login(visitor, input, response);
  }

  /**
   * Sign out
   * @remarks Ends the session at once: its access token, refresh tokens, cookie and live connections.
   */
  @Allow(['agent', 'user'], null)
  @HttpCode(200)
  @Post('logout')
  logout(@CurrentActor() actor: UserActor, @Res({ passthrough: true }) response: Response): Promise<DoneView> {
    return this.desk.logout(actor, response);
  }

  /**
   * Exchange a refresh token
   * @remarks Each works once. The direct predecessor is forgiven for ten seconds, for two tabs that come at once; any other use of an old token ends the whole session.
   */
  @Public()
  @ApiErrors(TokenRefused)
  @HttpCode(200)
  @Post('refresh')
  refresh(
    @CurrentVisitor() visitor: Visitor,
    @Body() input: RefreshDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RefreshedView> {
    return this.desk.refresh(visitor, input, response);
  }

  /** Who I am */
  @Allow(['agent', 'user'], null)
  @Get('me')
  me(
    @CurrentActor() actor: UserActor,
    @CurrentVisitor() visitor: Visitor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MeView> {
    return this.desk.me(actor, visitor, response);
  }

  /**
   * Change one's password
   * @remarks Takes the present one too, and ends every other session of the user. Repeated failures are slowed down with 429.
   */
  @Allow(['agent', 'user'], null)
  @ApiErrors(WrongPassword)
  @HttpCode(200)
  @Post('password/change')
  changePassword(
    @CurrentActor() actor: UserActor,
    @CurrentVisitor() visitor: Visitor,
    @Body() input: PasswordChangeDto,
  ): Promise<DoneView> {
    return this.desk.changePassword(actor, visitor, input);
  }

  /**
   * Ask for a new password
   * @remarks Always the same answer. If the account exists, a token is mailed that works once, for one hour.
   */
  @Public()
  @HttpCode(200)
  @Post('password/reset')
  requestReset(@CurrentVisitor() visitor: Visitor, @Body() input: PasswordResetDto): Promise<DoneView> {
    return this.desk.requestReset(visitor, input);
  }

  /**
   * Set a new password
   * @remarks Takes the token from the mail and ends every session of the user.
   */
  @Public()
  @ApiErrors(ResetTokenRefused)
  @HttpCode(200)
  @Post('password/reset/confirm')
  confirmReset(
    @CurrentVisitor() visitor: Visitor,
    @Body() input: PasswordResetConfirmDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DoneView> {
    return this.desk.confirmReset(visitor, input, response);
  }
}
