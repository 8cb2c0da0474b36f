/** Maximum lengths that both sides show and enforce. Characters are UTF-16 units. */
export const LIMITS = {
  /** A chat message or note, in characters. */
  messageLength: 4_000,
  /** A typing preview, in characters. */
  previewLength: 1_000,
  /** A client's own id of a message, in characters. */
  clientIdLength: 64,
  urlLength: 2_048,
  titleLength: 300,
  /** A DPA or pre-chat field. */
  fieldKeyLength: 64,
  fieldValueLength: 500,
  fieldsPerProfile: 30,
  ratingCommentLength: 1_000,
  tagLength: 40,
  tagsPerConversation: 20,
  caseIdLength: 64,
  nameLength: 120,
  emailLength: 254,
  /** NIST SP 800-63B asks for at least 8 and at least 64 allowed; argon2 cost does not grow with length. */
  passwordMinLength: 12,
  passwordMaxLength: 200,
  patternLength: 1_000,
  replacementLength: 40,
  redactionRulesPerAccount: 100,
  /** A signed identity, in characters. */
  identityLength: 4_096,
  /** The text of an invitation, in characters. */
  inviteLength: 300,
  rolesPerAccount: 100,
  rolesPerUser: 50,
  departmentsPerAccount: 100,
  fileNameLength: 200,
  cannedResponseLength: 2_000,
  membersPerDepartment: 500,
  eventNameLength: 64,
  eventValueLength: 200,
} as const;
