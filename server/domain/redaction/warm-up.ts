import { compileRuleSet } from './compile.ts';
import { redactText } from './redact.ts';

/** Patterns that go through every kind of step, each at about the most that an accepted pattern may spend. */
const PATTERNS = ['[a-f0-9]{32,64}', '(a?){30}a{30}', '(?:[a-z]+ ){3,9}[0-9]{4}'];
const TEXTS = ['ab'.repeat(2_000), 'word '.repeat(800), 'é a-1'.repeat(800)];
/** After two rounds the engine runs as fast as it ever will. */
const ROUNDS = 2;

/**
 * Runs the search until the JavaScript engine has compiled it: a process's first costly text would otherwise take
 * several times as long as any later one. Takes about a seventh of a second; to be called once, before serving.
 */
export function warmUpRedaction(): void {
  const sets = PATTERNS.map((pattern) =>
    compileRuleSet([{ id: 'warm-up', name: 'warm-up', pattern, replacement: '█', enabled: true }]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const set of sets) {
      for (const text of TEXTS) redactText(set, text, { from: 'visitor', place: 'message' });
    }
  }
}
