/** What a browser telephone signs in with. */
export class BrowserPhoneReply {
  /** @example true */
  success: true;
  /** @example "eyJhbGciOiJIUzI1NiIsImN0eSI6InR3aWxpby1mcGE7dj0xIn0.e30.c2lnbmF0dXJl" */
  token: string;
  /**
   * The name under which it rings.
   * @example "AGT_001"
   */
  identity: string;
  /**
   * Seconds.
   * @example 3600
   */
  expires_in: number;
  /** @example "2026-11-08T12:00:06.000Z" */
  timestamp: string;
}
