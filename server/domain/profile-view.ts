import { MASKED_VALUE, type WireProfile } from '../../shared/protocol/index.ts';
import type { Conversation } from './conversation.ts';
import type { Authorization } from './permissions.ts';
import { tookPart } from './reading.ts';

/** Who looks: `authorizations` of the account that the conversation is in. */
export interface ProfileViewer {
  readonly userId: string;
  readonly authorizations: { has(authorization: Authorization): boolean };
}

/**
 * Whether the values that a visitor gave of themselves (profile fields, pre-chat answers) may be shown: in every
 * conversation with `profile:read`, in those that they have or had themselves with `profile:read-own`.
 */
export function seesProfileValues(viewer: ProfileViewer, conversation: Conversation): boolean {
  if (viewer.authorizations.has('profile:read')) return true;
  return viewer.authorizations.has('profile:read-own') && tookPart(conversation, viewer.userId);
}

/** The profile as this viewer may see it: without the right to its values, which fields there are and no value. */
export function profileFor(
  viewer: ProfileViewer,
  conversation: Conversation,
  profile: WireProfile,
): WireProfile {
  if (seesProfileValues(viewer, conversation)) return profile;
  return { ...profile, fields: masked(profile.fields), prechat: masked(profile.prechat), masked: true };
}

/** That there is a value is told, not which. */
export function masked(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(values).map((key) => [key, MASKED_VALUE]));
}
