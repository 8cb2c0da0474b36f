import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { contrastOf, paletteOf } from '../../../widget/frame/colors.ts';
import { backoffMs } from '../../../widget/frame/core/backoff.ts';
import { createSessionSource } from '../../../widget/frame/core/session-source.ts';
import { createTokenStore } from '../../../widget/frame/core/token-store.ts';
import { createTypingSender } from '../../../widget/frame/core/typing-sender.ts';
import { en, type Strings } from '../../../widget/frame/i18n/en.ts';
import { loadLanguage, pickLocale } from '../../../widget/frame/i18n/index.ts';
import { removedText } from '../../../widget/frame/removed-text.ts';

const FRAME = join(__dirname, '../../../widget/frame');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

describe('token store', () => {
  function fakeStorage(initial: Record<string, string> = {}) {
    const values = new Map(Object.entries(initial));
    return {
      values,
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
    };
  }

  it('keeps nothing on the device before an interaction, then one key', () => {
    const storage = fakeStorage();
    const tokens = createTokenStore('demo', () => storage);
    tokens.set('v1');
    expect(tokens.token).toBe('v1');
    expect(storage.values.size).toBe(0);
    tokens.allowKeeping();
    tokens.set('v2');
    expect([...storage.values]).toEqual([['engage.visitor.demo', 'v2']]);
  });

  it('recognises an earlier visitor and keeps the successor of the token', () => {
    const storage = fakeStorage({ 'engage.visitor.demo': 'old' });
    const tokens = createTokenStore('demo', () => storage);
    expect(tokens.token).toBe('old');
    tokens.set('new');
    expect(storage.values.get('engage.visitor.demo')).toBe('new');
  });

  it('works where storage is forbidden', () => {
    const tokens = createTokenStore('demo', () => {
      throw new Error('denied');
    });
    tokens.allowKeeping();
    tokens.set('v1');
    expect(tokens.token).toBe('v1');
  });
});

describe('session source', () => {
  const open = async (answer: () => Promise<Response>) => {
    const tokens = createTokenStore('demo', () => {
      throw new Error('denied');
    });
    const bodies: unknown[] = [];
    const source = createSessionSource({
      siteKey: 'demo',
      tokens,
      fetch: (_url, init) => {
        bodies.push(JSON.parse(String(init?.body)));
        return answer();
      },
    });
    return { tokens, bodies, source };
  };

  it('sends the token of the visitor from the second time on', async () => {
    const { source, bodies } = await open(async () => Response.json({ visitorToken: 'v1' }, { status: 201 }));
    await source();
    await source();
    expect(bodies).toEqual([{ siteKey: 'demo' }, { siteKey: 'demo', visitorToken: 'v1' }]);
  });

  it('tries without a token that the server cannot read, which may be damaged on the device', async () => {
    const answers = [
      new Response('', { status: 422 }),
      Response.json({ visitorToken: 'v2' }, { status: 201 }),
    ];
    const { source, bodies, tokens } = await open(async () => answers.shift() ?? Response.error());
    tokens.set('damaged');
    expect(await source()).toMatchObject({ kind: 'opened' });
    expect(bodies).toEqual([{ siteKey: 'demo', visitorToken: 'damaged' }, { siteKey: 'demo' }]);
    expect(tokens.token).toBe('v2');
  });

  it.each([
    ['401', async () => new Response('', { status: 401 }), { kind: 'final' }],
    ['422', async () => new Response('', { status: 422 }), { kind: 'final' }],
    ['500', async () => new Response('', { status: 500 }), { kind: 'retry' }],
    [
      '429 with a time',
      async () => new Response('', { status: 429, headers: { 'Retry-After': '7' } }),
      { kind: 'retry', afterMs: 7000 },
    ],
    ['429 without', async () => new Response('', { status: 429 }), { kind: 'retry' }],
    ['no network', async () => await Promise.reject(new TypeError('failed')), { kind: 'retry' }],
    ['nonsense', async () => new Response('<html>'), { kind: 'retry' }],
  ])('understands %s', async (_name, answer, expected) => {
    const { source } = await open(answer as () => Promise<Response>);
    expect(await source()).toEqual(expected);
  });
});

describe('backoff', () => {
  it(`stays between half of the ceiling and the ceiling (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const ms = backoffMs(attempt, { baseMs: 500, maxMs: 15_000, random: () => random });
        const ceiling = Math.min(15_000, 500 * 2 ** attempt);
        expect(ms).toBeGreaterThanOrEqual(ceiling / 2);
        expect(ms).toBeLessThanOrEqual(ceiling);
      }),
      { seed },
    );
  });
});

describe('typing sender', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const typist = () => {
    const sent: (string | false)[] = [];
    const typing = createTypingSender((active, text) => sent.push(active ? (text ?? '') : false));
    return { sent, typing };
  };

  it('sends at most one preview a second, and the last one', () => {
    const { sent, typing } = typist();
    for (const text of ['h', 'he', 'hel', 'hell', 'hello']) {
      typing.changed(text);
      jest.advanceTimersByTime(300);
    }
    jest.advanceTimersByTime(1_000);
    expect(sent).toEqual(['h', 'hell', 'hello']);
  });

  it('says once that the visitor stopped: by silence, by an empty field or by sending', () => {
    const { sent, typing } = typist();
    typing.changed('a');
    jest.advanceTimersByTime(20_000);
    typing.changed('ab');
    typing.changed('');
    typing.stop();
    expect(sent).toEqual(['a', false, 'ab', false]);
  });

  it('cuts a preview to what the server takes', () => {
    const { sent, typing } = typist();
    typing.changed('x'.repeat(3_000));
    expect(sent[0]).toHaveLength(1_000);
  });
});

describe('colours', () => {
  it(`are readable whatever the site has chosen (seed ${seed})`, () => {
    const hex = fc
      .integer({ min: 0, max: 0xff_ff_ff })
      .map((value) => `#${value.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(hex, (color) => {
        const { primary, onPrimary, accent } = paletteOf(color);
        expect(primary).toBe(color);
        expect(contrastOf(primary, onPrimary)).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(accent, '#ffffff')).toBeGreaterThanOrEqual(4.5);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('are the product’s own when the site’s is none', () => {
    expect(paletteOf('red; } body {').primary).toBe('#2456a6');
  });
});

describe('languages', () => {
  const names = readdirSync(join(FRAME, 'i18n')).filter((name) => !['index.ts', 'en.ts'].includes(name));
  const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

  it.each(names)('%s fills in what English fills in, and can be picked', async (file) => {
    const name = file.replace('.ts', '');
    const words = (await import(join(FRAME, 'i18n', file))) as Record<string, Strings>;
    for (const [key, text] of Object.entries(words[name] ?? {})) {
      expect([key, holes(text)]).toEqual([key, holes(en[key as keyof Strings])]);
    }
    expect(pickLocale([name])).toBe(name);
  });

  it('has no word that nothing shows', () => {
    const sources = readdirSync(FRAME, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('i18n'))
      .map((name) => readFileSync(join(FRAME, name), 'utf8'))
      .join('\n');
    expect(Object.keys(en).filter((key) => !sources.includes(`'${key}'`))).toEqual([]);
  });

  it('picks the first wished language that there is', () => {
    expect(pickLocale(['xx', 'sv-SE', 'en'])).toBe('sv-SE');
    expect(pickLocale(['constructor', '', 'xx'])).toBe('en');
    expect(pickLocale(['de_not a tag'])).toBe('en');
  });

  it('says what was removed', async () => {
    const swedish = await loadLanguage('sv');
    const kinds = [
      { ruleId: '1', name: 'Personnummer', count: 1 },
      { ruleId: '2', name: 'Betalkort', count: 2 },
    ];
    expect(removedText(kinds, swedish)).toBe('Borttaget för att skydda dig: Personnummer och Betalkort (2)');
    expect(removedText([], swedish)).toBe('Något har tagits bort för att skydda dig');
  });
});
