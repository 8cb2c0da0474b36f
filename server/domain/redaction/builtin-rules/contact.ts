import { type Detector, needs, regexDetector } from '../detector.ts';
import type { Emit } from '../numbers.ts';
import type { BuiltinRule } from './builtin-rule.ts';

const LOCAL = /[\p{L}\p{N}._%+'~-]/u;
const DOMAIN = /(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/uy;
const MAX_LOCAL = 64;

/** Looks outwards from every `@`, so that the cost does not depend on what stands elsewhere. */
function findAddresses(text: string, emit: Emit): void {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < MAX_LOCAL && LOCAL.test(text[start - 1] ?? '')) start--;
    DOMAIN.lastIndex = at + 1;
    if (start === at || !DOMAIN.test(text)) continue;
    emit(start, DOMAIN.lastIndex);
    at = DOMAIN.lastIndex - 1;
  }
}

/** "name (at) example (dot) org", as people write it to hide it from programs. */
const SPELLED_OUT = regexDetector({
  needs: needs({ minLength: 8 }),
  regex:
    /[\p{L}\p{N}._+-]{1,64} ?[([{] ?(?:at|@|snabel-?a) ?[)\]}] ?[\p{L}\p{N}-]{1,63}(?: ?(?:\.|[([{] ?(?:dot|punkt|\.) ?[)\]}]) ?[\p{L}\p{N}-]{2,63}){1,4}/giu,
  accept: (match) => [0, match[0].length],
});

const emailDetector: Detector = {
  needs: needs({ minLength: 6, any: ['@', '(', '[', '{'] }),
  find: (source, emit) => {
    findAddresses(source.text, emit);
    if (/[([{]/.test(source.text)) SPELLED_OUT.find(source, emit);
  },
};

export const CONTACT_RULES: readonly BuiltinRule[] = [
  {
    key: 'email',
    title: 'E-mail address',
    group: 'contact',
    pattern: String.raw`[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}`,
    flags: 'i',
    check: 'email',
    enabledByDefault: false,
    distinctive: false,
    examples: {
      match: ['anna.berg@example.org', 'x+y@mail.example.co.uk'],
      noMatch: ['meet me @ noon', '@example', 'a@b'],
    },
    detector: emailDetector,
  },
];
