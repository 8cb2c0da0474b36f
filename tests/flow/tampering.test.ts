import { loadConfig } from '../../config/index.ts';
import { openArchive } from '../../server/compose/stores.ts';
import type { Archive, ArchivePart } from '../../server/ports/index.ts';
import { connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

jest.setTimeout(60_000);

/** What is kept sealed or wrapped: where, and in which field. */
const KINDS: readonly { part: ArchivePart; collection: string; field: string }[] = [
  { part: 'data', collection: 'messages', field: 'sealed' },
  { part: 'data', collection: 'messages', field: 'hash' },
  { part: 'data', collection: 'profiles', field: 'sealed' },
  { part: 'keys', collection: 'data_keys', field: 'wrapped' },
  { part: 'keys', collection: 'account_keys', field: 'wrapped' },
];

describeOnEveryStore('tampering with stored records', (start) => {
  let test: TestServer;
  let archive: Archive;
  let id: string;
  let accountId: string;
  beforeAll(async () => {
    test = await start();
    ({ accountId } = await test.signIn());
    for (const text of ['first', 'second']) {
      const visitor = await connectVisitor(test);
      ({ conversationId: id } = await visitor.emit('chat:start', { prechat: { name: text } }));
      for (const clientId of ['1', '2'])
        await visitor.emit('message:send', { conversationId: id, clientId, text });
      visitor.close();
    }
    await test.server.pipeline.anchors.writeAll();
    const uri = test.mongodbUri;
    archive = await openArchive(
      loadConfig({ DATA_DIR: test.dataDir, ...(uri !== undefined && { MONGODB_URI: uri }) }),
    );
  });
  afterAll(async () => {
    await archive.close();
    await test.close();
  });

  /** Reads everything of every conversation as after a restart: no key and no end of a chain is in memory. */
  const statuses = async (): Promise<readonly number[]> => {
    const { accessToken } = await test.signIn();
    const { items } = await test.server.stores.conversations.list({ accountId, limit: 10 });
    const { lanes, vault } = test.server.pipeline;
    vault.forgetAccount(accountId);
    const read = items.map(async (conversation) => {
      lanes.drop(conversation.id);
      const path = `/accounts/${accountId}/conversations/${conversation.id}?include=messages,profile`;
      return (await test.call('GET', path, undefined, accessToken)).status;
    });
    return Promise.all(read);
  };
  /** Those of the conversations; what visitors did is kept under keys of its own. */
  const rowsOf = async (kind: { part: ArchivePart; collection: string }) =>
    (await archive.read({ ...kind, limit: 100 })).rows.filter((row) => !row.includes('visitor:'));
  /** The base64 of a field, however the technology writes it. */
  const bytesIn = (row: string, field: string): string => {
    const value = (JSON.parse(row) as Record<string, { b?: string; $binary?: { base64: string } }>)[field];
    return value?.b ?? value?.$binary?.base64 ?? '';
  };
  const flipped = (base64: string): string => {
    const bytes = Buffer.from(base64, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    return bytes.toString('base64');
  };

  it.each(KINDS)('detects a flipped bit in $collection: $field', async ({ part, collection, field }) => {
    const rows = await rowsOf({ part, collection });
    const [row = ''] = rows;
    const bytes = bytesIn(row, field);
    expect(bytes).not.toBe('');
    await archive.write(part, collection, [row.replace(bytes, flipped(bytes))]);
    expect((await statuses()).filter((status) => status >= 400).length).toBeGreaterThan(0);
    await archive.write(part, collection, rows);
    expect(await statuses()).toEqual([200, 200]);
  });

  it.each(KINDS.filter(({ collection }) => collection !== 'account_keys'))(
    'detects two records that changed places in $collection: $field',
    async ({ part, collection, field }) => {
      const rows = await rowsOf({ part, collection });
      const [first = '', last = ''] = [rows[0], rows.at(-1)];
      const [a, b] = [bytesIn(first, field), bytesIn(last, field)];
      await archive.write(part, collection, [first.replace(a, b), last.replace(b, a)]);
      expect((await statuses()).filter((status) => status >= 400)).toHaveLength(2);
      await archive.write(part, collection, rows);
      expect(await statuses()).toEqual([200, 200]);
    },
  );

  it('opens a data key of before a rotation no more, once the version that it was under is retired', async () => {
    const kind = { part: 'keys', collection: 'data_keys' } as const;
    const before = await rowsOf(kind);
    await test.server.features.keyRotations.start(accountId, { kind: 'system' });
    await test.server.features.keyRotations.whenIdle();
    const after = await rowsOf(kind);
    await archive.write(kind.part, kind.collection, before);
    expect((await statuses()).every((status) => status >= 400)).toBe(true);
    await archive.write(kind.part, kind.collection, after);
    expect(await statuses()).toEqual([200, 200]);
  });
});
