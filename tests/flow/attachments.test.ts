import { deflateSync } from 'node:zlib';
import type { SealedPiece } from '../../server/domain/index.ts';
import {
  type SentMessage,
  UPLOAD_HEADERS,
  type WireAuditEntry,
  type WireTranscript,
} from '../../shared/protocol/index.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectNewAgent,
  TestClient,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { AnswerBody, TestServer } from '../support/server.ts';
import { type RedactionAdmin, redactionAdmin, until } from './redaction-support.ts';

const CARD = '4242 4242 4242 4242';
const PLACE = 'GPS 59.3293 18.0686';

function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
}

/** A picture of one pixel with a text chunk and something behind its end. */
const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  pngChunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
  pngChunk('tEXt', Buffer.from(`Comment\0${PLACE}`)),
  pngChunk('IDAT', deflateSync(Buffer.from([0, 0]))),
  pngChunk('IEND', Buffer.alloc(0)),
  Buffer.from(CARD),
]);

interface Upload {
  readonly name: string;
  readonly body: string | Buffer;
  readonly type?: string;
  readonly clientId?: string;
}

describeOnEveryStore('files in conversations', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;
  let visitor: VisitorClient;
  let visitorToken: string;
  let conversationId: string;

  beforeAll(async () => {
    test = await start({ env: { ATTACHMENT_MAX_BYTES: '5000000', ATTACHMENTS_PER_CONVERSATION: '6' } });
    admin = await redactionAdmin(test);
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
  });
  afterAll(async () => {
    agent.close();
    await test.close();
  });
  beforeEach(async () => {
    const session = await test.openVisitorSession();
    visitorToken = session.token;
    const socket = await connect(`${test.url}/visitor`, { token: visitorToken });
    visitor = Object.assign(new TestClient(socket), { sessionId: session.sessionId }) as VisitorClient;
    ({ conversationId } = await visitor.emit('chat:start', {}));
  });
  afterEach(() => visitor.close());

  const visitorPath = (id = conversationId) => `/visitor/conversations/${id}/files`;
  const staffPath = (id = conversationId) => `/accounts/${admin.accountId}/conversations/${id}/files`;

  let uploads = 0;
  async function upload<Body = SentMessage & AnswerBody>(
    path: string,
    token: string,
    { name, body, ...more }: Upload,
  ) {
    uploads += 1;
    const response = await fetch(`${test.url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': more.type ?? 'application/octet-stream',
        [UPLOAD_HEADERS.fileName]: encodeURIComponent(name),
        [UPLOAD_HEADERS.clientId]: more.clientId ?? `upload-${uploads}`,
      },
      body,
    });
    return { status: response.status, body: (await response.json()) as Body };
  }
  const send = (file: Upload) => upload(visitorPath(), visitorToken, file);

  async function download(path: string, token: string) {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${test.url}/api/v1${path}`, { headers });
    return {
      status: response.status,
      headers: response.headers,
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  }

  it('F1 P2: reach the other side as a message in the order of all others, once they are kept', async () => {
    await visitor.emit('message:send', { conversationId, clientId: 'a', text: 'here it comes' });
    const sent = await send({ name: 'räkning.txt', body: 'two pairs of shoes', type: 'text/plain' });
    expect(sent).toMatchObject({
      status: 201,
      body: { seq: 2, text: 'räkning.txt', redacted: 0, removed: [], file: { kind: 'txt', sizeBytes: 18 } },
    });
    const shown = await agent.next('message:new', (message) => message.id === sent.body.id);
    expect(shown).toMatchObject({ kind: 'file', seq: 2, text: 'räkning.txt', file: sent.body.file });
    const { accessToken } = await test.signIn();
    const got = await download(`${staffPath()}/${sent.body.file?.id}`, accessToken);
    expect(got.bytes.toString()).toBe('two pairs of shoes');
    const resumed = await agent.emit('chat:resume', { conversationId, afterSeq: 1 });
    expect(resumed.messages).toMatchObject([{ kind: 'file', file: sent.body.file }]);
    const reply = await upload(staffPath(), accessToken, { name: 'svar.png', body: PNG, type: 'image/png' });
    expect(reply).toMatchObject({ status: 201, body: { seq: 3, file: { contentType: 'image/png' } } });
    expect(await visitor.next('message:new', ({ seq }) => seq === 3)).toMatchObject({
      file: reply.body.file,
    });
    const mine = await download(`${visitorPath()}/${reply.body.file?.id}`, visitorToken);
    expect(mine.status).toBe(200);
    expect(mine.bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  it('F4: are answered so that no browser runs them', async () => {
    const sent = await send({ name: 'page.txt', body: '<script>alert(1)</script>' });
    const got = await download(`${visitorPath()}/${sent.body.file?.id}`, visitorToken);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename=${sent.body.file?.id}.txt`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(got.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  });

  it('F3 P4: lose in name and text whatever the rules match, and their sender is told', async () => {
    const rows = Array.from({ length: 3_000 }, (_, row) => `row ${row};${row % 7};shoes`);
    rows[1_500] = `card;${CARD};x`;
    rows.push('811218', '-9876');
    const sent = await send({ name: `card ${CARD}.csv`, body: rows.join('\n'), type: 'text/csv' });
    expect(sent.status).toBe(201);
    expect(sent.body.text).toBe('card ████.csv');
    expect(sent.body.removed.reduce((sum, { count }) => sum + count, 0)).toBe(sent.body.redacted);
    expect(sent.body.redacted).toBeGreaterThanOrEqual(2);
    const got = await download(`${visitorPath()}/${sent.body.file?.id}`, visitorToken);
    const lines = got.bytes.toString().split('\n');
    // The number that was split over two lines is gone with the break between them.
    expect(lines).toHaveLength(rows.length - 1);
    expect(lines.at(-1)).toBe('████');
    expect(lines[1_500]).toBe('card;████;x');
    expect(lines[1_499]).toBe(rows[1_499]);
    const picture = await send({ name: 'me.png', body: PNG, type: 'image/png' });
    const { bytes } = await download(`${visitorPath()}/${picture.body.file?.id}`, visitorToken);
    expect(bytes.includes('IDAT')).toBe(true);
    for (const text of [PLACE, CARD]) expect(bytes.includes(text)).toBe(false);
    await test.server.pipeline.drain();
    for (const { where, content } of await keptParts(test)) {
      expect([where, content.includes(CARD), content.includes(PLACE)]).toEqual([where, false, false]);
      expect([where, content.includes('row 1234;')]).toEqual([where, false]);
    }
  });

  it('F3 P4: are read as they are written, and refused where nobody can tell how', async () => {
    const utf16 = Buffer.from(`\ufeffkort ${CARD} här`, 'utf16le');
    const written = [Buffer.from(`\ufeffkort ${CARD} här`), utf16, Buffer.from(utf16).swap16()];
    written.push(Buffer.from(`kort ${CARD} här`, 'latin1'));
    for (const body of written) {
      const sent = await send({ name: 'a.txt', body });
      expect(sent).toMatchObject({ status: 201, body: { redacted: 1 } });
      const got = await download(`${visitorPath()}/${sent.body.file?.id}`, visitorToken);
      expect(got.bytes.toString()).toBe('kort ████ här');
    }
    const unmarked = await send({ name: 'a.txt', body: Buffer.from(`kort ${CARD}`, 'utf16le') });
    expect(unmarked).toMatchObject({ status: 422, body: { code: 'attachment.type_refused' } });
  });

  it('P3: sent again under the same client id are kept once', async () => {
    const file = { name: 'once.txt', body: 'once', clientId: 'same' };
    const [first, second] = await Promise.all([send(file), send(file)]);
    const third = await send(file);
    expect(second.body).toEqual(first.body);
    expect(third.body).toEqual(first.body);
    expect(await test.server.stores.attachments.list(conversationId)).toEqual([first.body.file?.id]);
  });

  it('F2: are refused when they are not what they say, or of a kind that nobody can look into', async () => {
    const refused: Upload[] = [
      { name: 'page.html', body: '<p>', type: 'text/html' },
      { name: 'picture.svg', body: '<svg/>', type: 'image/svg+xml' },
      { name: 'picture.png', body: 'no picture', type: 'image/png' },
      { name: 'text.txt', body: PNG, type: 'text/plain' },
      { name: 'picture.jpg', body: PNG, type: 'image/jpeg' },
      { name: 'picture.png', body: PNG, type: 'text/html' },
      { name: 'cut.png', body: PNG.subarray(0, 60), type: 'image/png' },
      { name: 'bill.pdf', body: '%PDF-1.7\n', type: 'application/pdf' },
      { name: 'binary.txt', body: Buffer.from([1, 2, 3, 0]) },
      { name: 'empty.txt', body: '' },
      { name: 'nothing', body: 'x' },
    ];
    for (const file of refused) {
      const answer = await send(file);
      expect([file.name, answer.status, answer.body.code]).toEqual([
        file.name,
        422,
        'attachment.type_refused',
      ]);
    }
    expect((await send({ name: 'big.png', body: Buffer.alloc(5_000_001) })).status).toBe(413);
    expect((await send({ name: 'big.txt', body: 'x'.repeat(600_000) })).status).toBe(413);
    expect((await upload(visitorPath(), visitorToken, { name: '', body: 'x' })).status).toBe(400);
    expect(await test.server.stores.attachments.list(conversationId)).toEqual([]);
    await admin.call('PATCH', '/settings', { attachments: { kinds: ['pdf', 'txt'] } });
    expect((await send({ name: 'bill.pdf', body: '%PDF-1.7\n' })).status).toBe(201);
    await admin.call('PATCH', '/settings', { attachments: { enabled: false } });
    expect((await send({ name: 'a.txt', body: 'a' })).body.code).toBe('attachment.disabled');
    const settings = { enabled: true, kinds: ['png', 'jpeg', 'gif', 'webp', 'txt', 'csv', 'json'] };
    await admin.call('PATCH', '/settings', { attachments: settings });
  });

  it('end at a limit for each conversation', async () => {
    for (let index = 0; index < 6; index += 1) {
      expect((await send({ name: 'a.txt', body: String(index) })).status).toBe(201);
    }
    const seventh = await send({ name: 'a.txt', body: 'seven' });
    expect([seventh.status, seventh.body.code]).toEqual([409, 'attachment.limit']);
  });

  it('P6: are sent and read by the parties and their account alone', async () => {
    const sent = await send({ name: 'mine.txt', body: 'mine' });
    const file = sent.body.file?.id ?? '';
    const { token: other } = await test.openVisitorSession();
    expect((await upload(visitorPath(), other, { name: 'a.txt', body: 'a' })).status).toBe(404);
    expect((await download(`${visitorPath()}/${file}`, other)).status).toBe(404);
    expect((await download(`${visitorPath()}/made-up`, visitorToken)).status).toBe(404);
    const { accessToken } = await test.signIn();
    expect((await download(`${visitorPath()}/${file}`, accessToken)).status).toBe(401);
    expect((await download(`${staffPath()}/${file}`, visitorToken)).status).toBe(401);
    const colleague = await connectNewAgent(test, `Bea${uploads}`);
    const signedIn = await test.signIn({ email: colleague.email, password: colleague.password });
    const foreign = await upload(staffPath(), signedIn.accessToken, { name: 'a.txt', body: 'a' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'forbidden']);
    colleague.close();
    expect((await download(`${staffPath()}/${file}`, accessToken)).status).toBe(200);
    const log = await admin.call<{ items: WireAuditEntry[] }>('GET', '/audit-log?action=attachment.read');
    expect(log.body.items[0]).toMatchObject({
      target: { id: conversationId },
      details: { attachmentId: file },
    });
    await visitor.emit('chat:end', { conversationId });
    expect((await send({ name: 'late.txt', body: 'late' })).body.code).toBe('conversation.closed');
  });

  it('go with an export when it asks for them, and by name when it does not', async () => {
    const sent = await send({ name: 'list.txt', body: 'one, two' });
    const { accessToken } = await test.signIn();
    const path = `/accounts/${admin.accountId}/conversations/${conversationId}/export`;
    const text = await download(`${path}?format=txt`, accessToken);
    expect(text.bytes.toString()).toContain('list.txt (file, text/plain, 8 bytes)');
    const json = await download(`${path}?format=json&include=files`, accessToken);
    const { files } = JSON.parse(json.bytes.toString()) as { files: { id: string; base64: string }[] };
    expect(files).toMatchObject([
      { id: sent.body.file?.id, base64: Buffer.from('one, two').toString('base64') },
    ]);
    const html = await download(`${path}?format=html&include=files`, accessToken);
    expect(html.bytes.toString()).toContain('<a download="list.txt" href="data:text/plain;base64,');
  });

  it('P8: are erased with their conversation', async () => {
    const sent = await send({ name: 'gone.txt', body: 'gone' });
    const erased = await admin.call('DELETE', `/conversations/${conversationId}`);
    expect(erased.status).toBe(200);
    const { accessToken } = await test.signIn();
    expect((await download(`${staffPath()}/${sent.body.file?.id}`, accessToken)).status).toBe(404);
    expect(await test.server.stores.attachments.read(conversationId, sent.body.file?.id ?? '')).toEqual([]);
  });

  it('P4: are looked at again by a re-scan with a new rule', async () => {
    const sent = await send({ name: 'orders ORD-123456.txt', body: 'one\nORD-123456\ntwo' });
    expect(sent.body.redacted).toBe(0);
    const fileId = sent.body.file?.id ?? '';
    const { attachments } = test.server.stores;
    const before = (await attachments.read(conversationId, fileId)) as SealedPiece[];
    const rule = { name: 'Orders', pattern: 'ORD-\\d{6}', replacement: '█', enabled: true };
    const made = await admin.call<{ id: string }>('POST', '/redaction-rules', rule);
    expect(made.status).toBe(201);
    const { body } = await admin.call<{ id: string }>('POST', '/redaction-rescans', {});
    await until(
      () => admin.call<{ status: string }>('GET', `/redaction-rescans/${body.id}`),
      (answer) => answer.body.status === 'done',
    );
    const got = await download(`${visitorPath()}/${sent.body.file?.id}`, visitorToken);
    expect(got.bytes.toString()).toBe('one\n████\ntwo');
    const transcript: WireTranscript = await admin.transcript(conversationId);
    expect(transcript.messages?.at(-1)).toMatchObject({ text: 'orders ████.txt', file: { kind: 'txt' } });
    await admin.call('DELETE', `/redaction-rules/${made.body.id}`);
    // One of before, put back in the database, is not handed out.
    const after = (await attachments.read(conversationId, fileId)) as SealedPiece[];
    await attachments.put(before);
    const refused = await download(`${visitorPath()}/${fileId}`, visitorToken);
    expect([refused.status, refused.bytes.toString()]).toEqual([
      500,
      expect.stringContaining('transcript.tampered'),
    ]);
    await attachments.put(after);
    expect((await download(`${visitorPath()}/${fileId}`, visitorToken)).status).toBe(200);
  });

  it('R3: are not handed out when they were altered, swapped or cut', async () => {
    const [one, two] = [
      await send({ name: 'a.txt', body: 'one' }),
      await send({ name: 'b.txt', body: 'two' }),
    ];
    const { attachments } = test.server.stores;
    const piecesOf = async (sent: typeof one) =>
      (await attachments.read(conversationId, sent.body.file?.id ?? '')) as SealedPiece[];
    const [a, b] = [await piecesOf(one), await piecesOf(two)];
    const [first, second] = [a[0], b[0]];
    if (first === undefined || second === undefined) throw new Error('both are kept');
    const flipped = Uint8Array.from(first.sealed, (byte, at) => (at === 20 ? byte ^ 1 : byte));
    for (const sealed of [flipped, second.sealed, first.sealed.subarray(0, -1)]) {
      await attachments.put([{ ...first, sealed } as SealedPiece]);
      const got = await download(`${visitorPath()}/${one.body.file?.id}`, visitorToken);
      expect([got.status, got.bytes.toString()]).toEqual([
        500,
        expect.stringContaining('transcript.tampered'),
      ]);
    }
    await attachments.put(a);
    expect((await download(`${visitorPath()}/${one.body.file?.id}`, visitorToken)).status).toBe(200);
  });
});
