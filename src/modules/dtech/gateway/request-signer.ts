import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@aws-sdk/signature-v4';

/** The key pair requests are signed with. */
export interface SigningKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Where a signature counts. */
export interface SigningScope {
  region: string;
  service: string;
}

/** A request as it will be sent: the signature covers exactly these bytes. */
export interface SignableRequest {
  method: string;
  /** Host of the URL, with its port unless that is the scheme's own. */
  host: string;
  /** Path as it stands in the request line; it is encoded once more for the signature, as every service but S3 does. */
  path: string;
  query?: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: string;
}

/**
 * Signs a request with AWS Signature Version 4 and returns all headers to send, `host`, `x-amz-date` and
 * `authorization` among them. `now` is the signing time; a retry must be signed anew.
 */
export async function signRequest(
  request: SignableRequest,
  keys: SigningKeys,
  scope: SigningScope,
  now: Date,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    ...scope,
    credentials: keys,
    sha256: Sha256,
    // API Gateway does not look at x-amz-content-sha256; the body's hash is in the canonical request all the same
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: request.host,
      path: request.path,
      query: request.query ?? {},
      headers: { ...request.headers, host: request.host },
      body: request.body,
    },
    { signingDate: now },
  );
  return signed.headers as Record<string, string>;
}
