import { readFileSync } from 'node:fs';
import {
  BUILTIN_RULES,
  compileRuleSet,
  type RedactionRule,
  type RuleSet,
  redactText,
} from '../../server/domain/redaction/index.ts';
import { POSITIVES, seededRandom } from '../../tests/support/identifiers.ts';

/** Cost of redaction against two bare baselines of the same run: a pass over the text, and every rule's V8 regex. */
const SEED = 20_260_101;
const LENGTH = 120;
const SAMPLES = 64;
const ROUNDS = 25;
const WHERE = { from: 'visitor', place: 'message' } as const;
const WORDS =
  'hello my parcel has not arrived yet and the tracking page shows nothing could you please look into it for me thanks'.split(
    ' ',
  );

const rules: readonly RedactionRule[] = BUILTIN_RULES.map((builtin) => ({
  id: builtin.key,
  name: builtin.title,
  pattern: builtin.pattern,
  flags: builtin.flags,
  builtin: builtin.key,
  replacement: '█',
  enabled: true,
}));

function clean(random: () => number): string {
  let text = '';
  while (text.length < LENGTH) text += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  return text.slice(0, LENGTH - 5) + String(1000 + Math.floor(random() * 8999)).padStart(5, ' ');
}

function withHits(random: () => number): string {
  const hits = `${POSITIVES['se-personnummer'](random)}, ${POSITIVES['payment-card'](random)}, ${POSITIVES.email(random)} `;
  return hits + clean(random).slice(0, LENGTH - hits.length);
}

/** Time that this process has computed, in milliseconds: what others do on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Mean computing time of one call in the fastest round, in microseconds. */
function timeUs(texts: readonly string[], work: (text: string) => unknown): number {
  const repeats = Math.max(1, Math.floor(6_000 / texts.length));
  const means: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = cpuMs();
    for (let n = 0; n < repeats; n++) for (const text of texts) work(text);
    means.push((1000 * (cpuMs() - begun)) / (repeats * texts.length));
  }
  return Math.min(...means);
}

function emptyPass(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return sum;
}

const NAIVE = rules.map((rule) => new RegExp(rule.pattern, `g${rule.flags ?? ''}`));
const naive = (text: string): string => NAIVE.reduce((output, regex) => output.replace(regex, '████'), text);

function row(name: string, texts: readonly string[], ruleSet: RuleSet): void {
  const redaction = timeUs(texts, (text) => redactText(ruleSet, text, WHERE));
  const empty = timeUs(texts, emptyPass);
  const loop = timeUs(texts, naive);
  const ratios = `${(redaction / empty).toFixed(1)} x empty pass, ${(redaction / loop).toFixed(2)} x loop of V8 regexes`;
  console.log(
    `${name}: ${redaction.toFixed(2)} us (${ratios}; they take ${empty.toFixed(2)} and ${loop.toFixed(2)} us)`,
  );
}

const HOSTILE_PATTERNS = [
  '(a|a)*b',
  '(a*)*b',
  'a(.*b)?',
  '[ab]*a[ab]{40}c',
  '.{1,20}x',
  '(\\w+\\s?)+!',
  '\\d+x',
  '(.*)(.*)(.*)y',
  '(?:[a-z]+,)+;',
  'a.*b.*c.*d',
];
/** What the prefilter asks for stands at the end, so that every pattern has to search the whole text. */
const HOSTILE_TAIL = ' \u00e9 b!xyz;cbd 0123456789';

const HOSTILE_TEXTS = [
  'a'.repeat(4000),
  'ab'.repeat(2000),
  'a,'.repeat(2000),
  '1 '.repeat(2000),
  '9'.repeat(4000),
  '0700000000 '.repeat(364).slice(0, 4000),
  'é１'.repeat(2000),
  '@a.'.repeat(1333),
  '1.1.'.repeat(1000),
  'a:b:'.repeat(1000),
  '&#49;'.repeat(800),
  '4 1-1.'.repeat(666),
  'pass is '.repeat(500),
  '0 1 2-'.repeat(666),
  'a b @ c.d '.repeat(400),
].map((text) => text.slice(0, 4_000 - HOSTILE_TAIL.length) + HOSTILE_TAIL);

/** Calls between two looks at the process's clock, which take part of a millisecond themselves on some machines. */
const CALLS = 8;

/** The slowest text's mean of the fastest of three rounds, in milliseconds of computing. */
function worst(ruleSet: RuleSet, texts: readonly string[]): number {
  let slowest = 0;
  for (const text of texts) {
    let best = Number.POSITIVE_INFINITY;
    for (let n = 0; n < 3; n++) {
      const begun = cpuMs();
      for (let call = 0; call < CALLS; call++) redactText(ruleSet, text, WHERE);
      best = Math.min(best, (cpuMs() - begun) / CALLS);
    }
    slowest = Math.max(slowest, best);
  }
  return slowest;
}

function hostile(): void {
  const custom = HOSTILE_PATTERNS.map(
    (pattern, index): RedactionRule => ({
      id: `h${index}`,
      name: '',
      pattern,
      replacement: '█',
      enabled: true,
    }),
  );
  for (const rule of custom) {
    console.log(`  ${rule.pattern}: ${worst(compileRuleSet([rule]), HOSTILE_TEXTS).toFixed(2)} ms`);
  }
  for (const rule of rules) {
    console.log(`  ${rule.id}: ${worst(compileRuleSet([rule]), HOSTILE_TEXTS).toFixed(2)} ms`);
  }
  console.log(`  all built-in rules at once: ${worst(compileRuleSet(rules), HOSTILE_TEXTS).toFixed(1)} ms`);
  const hundred = Array.from({ length: 100 }, (_, index) => ({
    ...(custom[index % custom.length] as RedactionRule),
    id: `r${index}`,
  }));
  console.log(
    `  100 hostile patterns at once: ${worst(compileRuleSet(hundred), HOSTILE_TEXTS).toFixed(1)} ms`,
  );
  const ordinary = Array.from(
    { length: 100 },
    (_, index): RedactionRule => ({
      id: `o${index}`,
      name: '',
      pattern: `\\bREF${index}-\\d{4,8}\\b`,
      replacement: '█',
      enabled: true,
    }),
  );
  console.log(
    `  100 ordinary patterns at once: ${worst(compileRuleSet(ordinary), HOSTILE_TEXTS).toFixed(2)} ms`,
  );
}

function main(): void {
  const re2js = JSON.parse(readFileSync('node_modules/re2js/package.json', 'utf8')) as { version: string };
  console.log(
    `node ${process.version}, re2js ${re2js.version}, seed ${SEED}, ${rules.length} rules, ${LENGTH} characters`,
  );
  const random = seededRandom(SEED);
  const ruleSet = compileRuleSet(rules);
  const cleanTexts = Array.from({ length: SAMPLES }, () => clean(random));
  row('clean', cleanTexts, ruleSet);
  row(
    'three hits',
    Array.from({ length: SAMPLES }, () => withHits(random)),
    ruleSet,
  );
  const patterns = compileRuleSet(rules.map(({ builtin: _builtin, ...rule }) => rule));
  row('clean, the same as own patterns', cleanTexts, patterns);
  console.log('worst of the hostile texts, 4,000 characters:');
  hostile();
}

main();
