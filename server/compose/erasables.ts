import { storeErasables } from '../features/erasure/store-erasables.ts';
import type { Erasable } from '../ports/index.ts';
import type { Foundation } from './foundation.ts';

/**
 * Every part that keeps something about a conversation, a visitor or an account, in the order in which an erasure
 * calls them. A kind of entity needs no entry: its indexed fields say whose it is. What keeps data of its own
 * stands here, or is given by the part that makes it.
 */
export function composeErasables(
  { stores }: Pick<Foundation, 'stores'>,
  parts: { flushActivity: () => Promise<void>; others: readonly Erasable[] },
): readonly Erasable[] {
  const { flushActivity, others } = parts;
  return [...storeErasables({ ...stores, flushActivity }), ...others];
}
