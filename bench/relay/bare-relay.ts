import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { type DefaultEventsMap, Server } from 'socket.io';
import type { SentMessage, WireMessage } from '../../shared/protocol/index.ts';

/**
 * The baseline: Socket.IO as the product sets it up, that passes messages on in the product's own shapes and does
 * nothing else. No sign-in, no checks, no redaction, nothing sealed, nothing kept.
 */
interface FromClient {
  'message:send': (
    payload: { conversationId: string; text: string },
    ack: (answer: { ok: true; data: SentMessage }) => void,
  ) => void;
  'page:view': (payload: unknown, ack: (answer: { ok: true; data: object }) => void) => void;
}
interface FromServer {
  'message:new': (message: WireMessage) => void;
}

const http = createServer();
const io = new Server<FromClient, FromServer, DefaultEventsMap, object>(http, {
  path: '/socket.io',
  transports: ['websocket', 'polling'],
  serveClient: false,
  perMessageDeflate: false,
});
const lastSeq = new Map<string, number>();

io.on('connection', (socket) => {
  const rooms = (socket.handshake.auth.rooms ?? []) as string[];
  void socket.join(rooms);
  socket.on('message:send', ({ conversationId, text }, ack) => {
    const seq = (lastSeq.get(conversationId) ?? 0) + 1;
    lastSeq.set(conversationId, seq);
    const id = `${conversationId}-${seq}`;
    const at = new Date().toISOString();
    const from = { kind: 'visitor', id: socket.id } as const;
    const message = { id, conversationId, seq, from, kind: 'text', text, at, redacted: 0 } as const;
    socket.to(conversationId).emit('message:new', message);
    ack({ ok: true, data: { id, seq, at, text, redacted: 0, removed: [] } });
  });
  socket.on('page:view', (_page, ack) => ack({ ok: true, data: {} }));
});

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  process.stdout.write(`ready ${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
