import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  BUILTIN_RULES,
  type BuiltinRule,
  compileRuleSet,
  findSplitMatches,
  type RedactionRule,
  type RuleSet,
  redactText,
} from '../../server/domain/redaction/index.ts';
import {
  CHECKSUM_KEYS,
  DISGUISES,
  FRAMES,
  type GeneratedKey,
  oneDigitOff,
  ordinaryNumber,
  POSITIVES,
  pick,
  SECRETS,
  seededRandom,
} from '../../tests/support/identifiers.ts';

/**
 * Measures every built-in rule: `main.js [dialogues.jsonl.gz] [--write]`. Recall on generated values, plain and
 * disguised; precision against near misses and ordinary numbers; false alarms on real messages when a file of
 * dialogues ({turns: [{text}]} a line) is given. `--write` puts the table into docs/REDACTION-QUALITY.md.
 */
const SEED = 20_260_101;
const PLAIN = 2_000;
const PER_DISGUISE = 200;
const NEAR_MISSES = 2_000;
const WHERE = { from: 'visitor', place: 'message' } as const;

function ruleOf(builtin: BuiltinRule): RedactionRule {
  const { key, title, pattern, flags } = builtin;
  return { id: key, name: title, pattern, flags, builtin: key, replacement: '█', enabled: true };
}

interface Row {
  readonly key: string;
  readonly isDefault: boolean;
  readonly checksum: boolean;
  plain?: number;
  disguised?: number;
  worst?: string;
  offHits?: number;
  ordinaryHits?: number;
  alarms?: number;
}

const hits = (rules: RuleSet, text: string): boolean => redactText(rules, text, WHERE).count > 0;
const share = (count: number, of: number): number => count / of;

/** Caught only when one match takes every letter and digit of the value. */
function caught(rules: RuleSet, frame: (value: string) => string, written: string): boolean {
  const { matches } = redactText(rules, frame(written), WHERE);
  const start = frame('\u0000').indexOf('\u0000');
  return matches.some(
    (match) => match.start <= start && !/[\p{L}\p{N}]/u.test(written.slice(match.end - start)),
  );
}

function measureGenerated(row: Row, rules: RuleSet, key: GeneratedKey): void {
  const random = seededRandom(SEED);
  let plain = 0;
  for (let n = 0; n < PLAIN; n++) if (caught(rules, pick(random, FRAMES), POSITIVES[key](random))) plain++;
  row.plain = share(plain, PLAIN);
  let disguised = 0;
  let worst = 1;
  for (const [name, disguise] of Object.entries(DISGUISES)) {
    let found = 0;
    for (let n = 0; n < PER_DISGUISE; n++) {
      if (caught(rules, pick(random, FRAMES), disguise(POSITIVES[key](random), random))) found++;
    }
    disguised += found;
    if (found / PER_DISGUISE < worst) {
      worst = found / PER_DISGUISE;
      row.worst = `${name} (${worst.toFixed(3)})`;
    }
  }
  row.disguised = share(disguised, PER_DISGUISE * Object.keys(DISGUISES).length);
  let off = 0;
  for (let n = 0; n < NEAR_MISSES; n++) {
    if (hits(rules, pick(random, FRAMES)(oneDigitOff(random, POSITIVES[key](random))))) off++;
  }
  row.offHits = share(off, NEAR_MISSES);
}

/** Secrets by their form have no other spelling, and none that is nearly one. */
function measureSecrets(row: Row, rules: RuleSet, key: keyof typeof SECRETS): void {
  const random = seededRandom(SEED);
  let found = 0;
  for (let n = 0; n < PLAIN; n++) {
    const secret = SECRETS[key](random);
    const value = secret.split(/[ =]/).at(-1) ?? secret;
    if (!redactText(rules, pick(random, FRAMES)(secret), WHERE).text.includes(value)) found++;
  }
  row.plain = share(found, PLAIN);
}

function measureOrdinary(row: Row, rules: RuleSet): void {
  const random = seededRandom(SEED + 1);
  let wrong = 0;
  for (let n = 0; n < NEAR_MISSES; n++)
    if (hits(rules, pick(random, FRAMES)(ordinaryNumber(random)))) wrong++;
  row.ordinaryHits = share(wrong, NEAR_MISSES);
}

interface Turn {
  readonly from: string;
  readonly text: string;
}

function readDialogues(path: string): Turn[][] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { turns: Turn[] }).turns);
}

/** Messages of which something is taken together with the two before them by the same sender, though of none alone. */
function falseJoins(dialogues: readonly (readonly Turn[])[]): number {
  const rules = compileRuleSet(BUILTIN_RULES.map(ruleOf));
  let joins = 0;
  for (const turns of dialogues) {
    for (const side of new Set(turns.map(({ from }) => from))) {
      const texts = turns
        .filter(({ from }) => from === side)
        .map(({ text }) => redactText(rules, text, WHERE).text);
      for (const [index, text] of texts.entries()) {
        if (findSplitMatches(rules, texts.slice(Math.max(0, index - 2), index), text, WHERE) !== undefined)
          joins++;
      }
    }
  }
  return joins;
}

function measure(builtin: BuiltinRule, messages: readonly string[]): Row {
  const rules = compileRuleSet([ruleOf(builtin)]);
  const key = builtin.key as GeneratedKey;
  const row: Row = { key, isDefault: builtin.enabledByDefault, checksum: CHECKSUM_KEYS.includes(key) };
  if (key in POSITIVES) measureGenerated(row, rules, key);
  if (builtin.key in SECRETS) measureSecrets(row, rules, builtin.key as keyof typeof SECRETS);
  measureOrdinary(row, rules);
  if (messages.length > 0) {
    row.alarms = (1000 * messages.filter((text) => hits(rules, text)).length) / messages.length;
  }
  return row;
}

const percent = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(4));

function tableOf(rows: readonly Row[], messages: number): string {
  const head =
    '| rule | on by default | checksum | recall, plain | recall, disguised | weakest disguise | one digit off: taken | ordinary numbers: taken | per 1,000 real messages |';
  const lines = rows.map((row) =>
    [
      '',
      row.key,
      row.isDefault ? 'yes' : '',
      row.checksum ? 'yes' : '',
      percent(row.plain),
      percent(row.disguised),
      row.worst ?? '',
      percent(row.offHits),
      percent(row.ordinaryHits),
      messages > 0 ? (row.alarms ?? 0).toFixed(2) : '',
      '',
    ]
      .join(' | ')
      .trim(),
  );
  return aligned([head, '|---|---|---|---|---|---|---|---|---|', ...lines]);
}

/** Pads the cells of a Markdown table, so that its columns stand under each other. */
function aligned(lines: readonly string[]): string {
  const rows = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row, index) => (index === 1 ? 3 : (row[column] ?? '').length))),
  );
  const padded = rows.map((row, index) =>
    row.map((cell, column) =>
      index === 1 ? '-'.repeat(widths[column] ?? 3) : cell.padEnd(widths[column] ?? 3),
    ),
  );
  return padded.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function documentOf(table: string, messages: number, joins: number): string {
  return `# How well redaction recognises what it should

Made by \`bench/redaction-quality\` (seed ${SEED}); do not edit by hand. For every built-in rule alone:

- **Recall** on ${PLAIN} generated values in ordinary sentences, and on ${PER_DISGUISE} for each of ${Object.keys(DISGUISES).length} disguises (separators
  between all characters, invisible characters, look-alike digits, HTML character references). A value counts only when it is taken as a whole.
- **One digit off**: the share of ${NEAR_MISSES} values with one digit changed that is still taken. A rule without a checksum takes most of
  them by nature; with a weak one (modulus 11 with several allowed remainders, a date, another valid length) a few pass rightly.
- **Ordinary numbers**: the share of ${NEAR_MISSES} order numbers, prices, dates and tracking numbers that is taken.
- **Left out on purpose**: an American or Danish number without a checksum behind it is not taken from single digits with
  spaces throughout ("5 3 6 9 0 4 3 9 9" may be a list), nor an IPv4 address with dots between all its digits.
- **Per 1,000 real messages**: how many of ${messages} messages of customer dialogues are touched. For e-mail and phone these are
  mostly real addresses and numbers, so they are not false alarms; for the others they are.
- **Over several messages**, with every rule on: ${joins} of the ${messages} messages lost something only because of what the same sender
  wrote just before.

${table}
`;
}

function main(): void {
  const path = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  const dialogues = path === undefined ? [] : readDialogues(path);
  const messages = dialogues.flat().map(({ text }) => text);
  console.log(`node ${process.version}, seed ${SEED}, ${messages.length} real messages`);
  const rows = BUILTIN_RULES.map((builtin) => measure(builtin, messages));
  const table = tableOf(rows, messages.length);
  const joins = falseJoins(dialogues);
  console.log(table);
  console.log(`taken only together with earlier messages: ${joins}`);
  if (process.argv.includes('--write'))
    writeFileSync('docs/REDACTION-QUALITY.md', documentOf(table, messages.length, joins));
}

main();
