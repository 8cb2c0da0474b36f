import { POSITIVES, pick, seededRandom } from '../../tests/support/identifiers.ts';

/** Characters of every message. */
export const MESSAGE_LENGTH = 120;
/** Share of messages that hold something that a rule on by default takes out. */
const SENSITIVE_SHARE = 0.02;
/** As many different messages; senders go through them in turn. */
const POOL_SIZE = 4_096;

const WORDS =
  'hello my parcel has not arrived yet and the tracking page shows nothing new since Monday could you please look into it for me because I need the shoes before the weekend thanks a lot order number size colour blue return label refund invoice address changed'.split(
    ' ',
  );

/** Ordinary text of a fixed length as JSON strings, a few with a personal number or a card in them. */
export function messagePool(seed: number): readonly string[] {
  const random = seededRandom(seed);
  return Array.from({ length: POOL_SIZE }, (_, index) => {
    const isSensitive = index % Math.round(1 / SENSITIVE_SHARE) === 0;
    const secret = pick(random, [POSITIVES['se-personnummer'], POSITIVES['payment-card']]);
    return JSON.stringify(textOf(random, isSensitive ? `it is ${secret(random)}, ` : ''));
  });
}

function textOf(random: () => number, start: string): string {
  let text = start;
  while (text.length < MESSAGE_LENGTH) text += `${pick(random, WORDS)} `;
  // A space at the end would be one character less than the length after trimming.
  return `${text.slice(0, MESSAGE_LENGTH - 1)}.`;
}
