import type { EngagementRule, InviteAction, MessageVariant } from '../../../shared/protocol/index.ts';

/**
 * A number from 0 up to 1 that is the same for the same text and evenly spread over different ones: MurmurHash3 (x86,
 * 32 bits, A. Appleby) over the UTF-16 units.
 */
export function unitHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) {
    let word = Math.imul(text.charCodeAt(at), 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Whether the visitor belongs to those who get nothing from the rule. Raising the share only adds visitors. */
export function isHeldOut({ id, holdoutPercent = 0 }: EngagementRule, visitorKey: string): boolean {
  return holdoutPercent > 0 && unitHash(`holdout\n${id}\n${visitorKey}`) * 100 < holdoutPercent;
}

/** Which of a rule's messages the visitor gets, now and always; none when the rule has one message only. */
export function variantFor({ id, variants = [] }: EngagementRule, key: string): MessageVariant | undefined {
  const total = variants.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = unitHash(`variant\n${id}\n${key}`) * total;
  for (const variant of variants) {
    left -= variant.weight ?? 1;
    if (left < 0) return variant;
  }
  return variants.at(-1);
}

/** What a visitor is shown. */
export interface Invitation {
  readonly type: InviteAction['type'];
  readonly message: string;
  readonly departmentId?: string;
  readonly variant?: string;
}

/**
 * What the rule shows to this visitor, in the language of the page where there is a translation (looked up as RFC 4647,
 * section 3.4, says: `sv-SE`, then `sv`). Nothing when it is no engage rule.
 */
export function invitationOf(
  rule: EngagementRule,
  visitor: { readonly key: string; readonly language?: string | undefined },
): Invitation | undefined {
  const { action } = rule;
  if (action === undefined) return undefined;
  const variant = variantFor(rule, visitor.key);
  return {
    type: action.type,
    message: messageIn(variant ?? action, visitor.language),
    ...(action.departmentId !== undefined && { departmentId: action.departmentId }),
    ...(variant !== undefined && { variant: variant.key }),
  };
}

function messageIn(
  { message, translations = {} }: Pick<MessageVariant, 'message' | 'translations'>,
  language = '',
): string {
  const byTag = new Map(Object.entries(translations).map(([tag, text]) => [tag.toLowerCase(), text]));
  for (let tag = language.toLowerCase(); tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    const text = byTag.get(tag);
    if (text !== undefined) return text;
  }
  return message;
}
