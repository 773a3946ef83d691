/** Answer to an activation; the secret key is kept sealed and never shown. */
export class ActivationReply {
  /** @example true */
  success: boolean;

  /**
   * Which gateway the keys are for.
   * @example "test"
   */
  environment: string;

  /** @example "7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11" */
  account_id: string;

  /** @example "AKIAIOSFODNN7EXAMPLE" */
  access_key_id: string;

  /**
   * False when keys in the environment win over these.
   * @example true
   */
  in_use: boolean;
}
