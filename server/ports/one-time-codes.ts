/** Time-based one-time passwords (RFC 6238): six digits, a step of 30 seconds, HMAC-SHA-1, as every app knows them. */
export interface OneTimeCodes {
  /** A new secret of 160 bits, base32. */
  newSecret(): string;
  /** `otpauth://` address that an app takes as a QR code; `label` names the person. */
  address(of: { readonly secret: string; readonly label: string }): string;
  /** The time step that the code belongs to, one step early or late included; undefined for a wrong code. */
  stepOf(given: { readonly secret: string; readonly code: string; readonly at: number }): number | undefined;
}
