import { Injectable } from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Config } from '../../platform/config/config';
import { keyFor, sameText, sign } from './tokens';

const DEVICE_DAYS = 180;
const DAY_MS = 86_400_000;

/** Reads and writes the two cookies: the session, and the mark of a device on which an account has signed in before. */
@Injectable()
export class AuthCookies {
  private readonly name: string;
  private readonly deviceName: string;
  private readonly deviceKey: Buffer;
  private readonly sessionMs: number;
  private readonly isSecure: boolean;
  private readonly ourOrigins: Set<string>;

  constructor(config: Config) {
    this.name = config.session.cookieName;
    this.deviceName = `${config.session.cookieName}_device`;
    this.deviceKey = keyFor(config.secretKey, 'device cookie');
    this.sessionMs = config.session.expireMinutes * 60_000;
    this.isSecure = config.server.appBaseUrl.startsWith('https:');
    this.ourOrigins = new Set(
      [config.server.appBaseUrl, config.server.publicUrl, ...config.server.corsOrigins]
        .filter((url) => URL.canParse(url))
        .map((url) => new URL(url).origin),
    );
  }

  /** The session cookie of a request, undefined when there is none. */
  sessionIn(headers: IncomingHttpHeaders): string | undefined {
    return cookie(headers, this.name);
  }

  /**
   * Whether a page of ours made the request: its Origin is one of ours or the very host that was asked. On a same-origin
   * GET (the first poll of Socket.IO) browsers send no Origin but say so in Sec-Fetch-Site, which no page can forge.
   */
  isFromOurPages(headers: IncomingHttpHeaders): boolean {
    const { origin } = headers;
    if (!origin) return headers['sec-fetch-site'] === 'same-origin';
    if (this.ourOrigins.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, host } = new URL(origin);
    return host === headers.host && (protocol === 'https:' || !this.isSecure);
  }

  /** Gives the browser its session; not to one that was sent here by somebody else's page (login CSRF). */
  keepSession(response: Response, headers: IncomingHttpHeaders, value: string): void {
    if (headers.origin && !this.isFromOurPages(headers)) return;
    response.cookie(this.name, value, { ...this.options(), maxAge: this.sessionMs });
  }

  /** The session moves ahead with use; so does its cookie. */
  renewSession(response: Response, headers: IncomingHttpHeaders): void {
    const value = this.sessionIn(headers);
    if (value && !headers.authorization) this.keepSession(response, headers, value);
  }

  forgetSession(response: Response): void {
    response.clearCookie(this.name, this.options());
  }

  /** Marks this browser as one on which `email` has signed in. */
  keepDevice(response: Response, email: string): void {
    const issued = `${Math.floor(Date.now() / 1000).toString(36)}-${randomBytes(6).toString('hex')}`;
    const value = `${issued}.${this.deviceMark(email, issued)}`;
    response.cookie(this.deviceName, value, { ...this.options(), maxAge: DEVICE_DAYS * DAY_MS });
  }

  /** The mark of this browser when it is a true one for `email`, undefined otherwise. */
  deviceOf(headers: IncomingHttpHeaders, email: string): string | undefined {
    const value = cookie(headers, this.deviceName);
    const [issued, mark] = value?.split('.') ?? [];
    if (!value || !issued || !mark || !sameText(mark, this.deviceMark(email, issued))) return undefined;
    return parseInt(issued, 36) * 1000 > Date.now() - DEVICE_DAYS * DAY_MS ? value : undefined;
  }

  private deviceMark(email: string, issued: string): string {
    return sign(this.deviceKey, `${issued}\n${email}`);
  }

  private options(): CookieOptions {
    return { httpOnly: true, sameSite: 'lax', path: '/', secure: this.isSecure };
  }
}

/** One cookie by its name. */
function cookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}
