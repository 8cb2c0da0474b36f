import type { MatchExtended, ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { PasswordFault, PasswordPolicy } from '../../ports/passwords.ts';

/**
 * Guesses that an attacker who knows the lists needs, as a power of ten: 10^8, the "safely unguessable" of
 * D. L. Wheeler, zxcvbn: Low-Budget Password Strength Estimation, USENIX Security 2016.
 */
const MIN_GUESSES_LOG10 = 8;
/** The estimate's time grows faster than the length; what is strong this far does not get weaker behind it. */
const ESTIMATED_LENGTH = 40;
/**
 * Readings of a disguised password (`P4ssw0rd`) that are looked up. Their number doubles with each odd character: the
 * library's 512 held up the event loop for half a second, 20 for a few milliseconds.
 */
const MAX_DISGUISES = 20;
const PRODUCT_WORDS = ['engagement', 'engage', 'console', 'livechat', 'support'];
/** Shorter ones are in too many good passwords. */
const OWN_WORD_MIN_LENGTH = 3;
/** Characters that a password has beside words that others connect with the person. */
const REMAINDER_MIN_LENGTH = 6;

/**
 * Judges passwords offline by zxcvbn-ts and its list of the 49,000 most common passwords of public leaks, with their
 * usual disguises (`P4ssw0rd`, doubled, reversed, with a year behind). The list is read at first use, once in a process.
 */
export function createPasswordPolicy(): PasswordPolicy {
  return {
    judge: async (password, words) => {
      estimator ??= loadEstimator();
      const own = [...words.flatMap(partsOf), ...PRODUCT_WORDS];
      if (remainderOf(password, own).length < REMAINDER_MIN_LENGTH) return 'personal';
      const { guessesLog10, sequence } = (await estimator).check(password, own);
      return guessesLog10 >= MIN_GUESSES_LOG10 ? undefined : faultOf(sequence);
    },
  };
}

let estimator: Promise<ZxcvbnFactory> | undefined;

async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [core, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  const { dictionary, adjacencyGraphs: graphs } = common;
  return new core.ZxcvbnFactory({
    dictionary,
    graphs,
    maxLength: ESTIMATED_LENGTH,
    l33tMaxSubstitutions: MAX_DISGUISES,
  });
}

/** The word itself and what it is made of: `anna.berg@example.com` is also `anna`, `berg` and `example`. */
function partsOf(word: string): readonly string[] {
  const lower = word.toLowerCase();
  return [lower, ...lower.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length >= OWN_WORD_MIN_LENGTH);
}

/** What is left of a password without these words, the longest taken out first. */
function remainderOf(password: string, words: readonly string[]): string {
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase());
}

/** What makes the longest part of it weak. */
function faultOf(sequence: readonly MatchExtended[]): PasswordFault {
  const [longest] = [...sequence].sort((a, b) => b.token.length - a.token.length);
  switch (longest?.pattern) {
    case 'dictionary':
      return longest.dictionaryName === 'userInputs' ? 'personal' : 'common';
    case 'repeat':
    case 'sequence':
    case 'spatial':
      return 'pattern';
    default:
      return 'guessable';
  }
}
