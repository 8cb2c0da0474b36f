/** A text that staff send again and again, found by its shortcut. */
export interface WireCannedResponse {
  readonly id: string;
  /** What is typed behind `/`; lower case, unique in the account. */
  readonly shortcut: string;
  /** May hold variables such as `{{visitor.name|there}}`; what stands behind the bar is taken where there is no value. */
  readonly text: string;
  readonly tags: readonly string[];
  /** Absent: for all departments. */
  readonly departmentId?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A canned response with its variables filled, and redacted after that. */
export interface FilledCannedResponse {
  readonly text: string;
  /** How many pieces redaction took out. */
  readonly redacted: number;
  /** Variables that had neither a value nor a fall-back; nothing stands in their place. */
  readonly missing: readonly string[];
}
