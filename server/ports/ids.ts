/** Makes ids and secrets, so that tests own them. */
export interface Ids {
  /** A new opaque id, unguessable (at least 120 random bits), URL-safe. */
  id(): string;
  /** A short reference that a person can read out, e.g. `C-7KQ2M9XR`. */
  caseId(): string;
  /** A secret of 256 random bits, base64url. */
  secret(): string;
}
