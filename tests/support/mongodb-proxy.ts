import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import mongoose from 'mongoose';

const { BSON } = mongoose.mongo;

/** One command as it went to MongoDB. `parts` are what the protocol puts beside it: documents, updates, deletes. */
export interface WireCommand {
  readonly command: Readonly<Record<string, unknown>>;
  readonly parts: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

/** Stands between a driver and MongoDB: sees the commands and can lose an answer. */
export interface MongoProxy {
  /** The server's address with the proxy in its place. */
  readonly uri: string;
  /** Commands since the last call, heartbeats left out. */
  takeCommands(): readonly WireCommand[];
  /** Lets the next command of this name reach the server and cuts the line before its answer. */
  loseAnswerOf(name: string): void;
  close(): Promise<void>;
}

const HEADER_BYTES = 16;
const OP_MSG = 2013;
const UNWANTED = ['hello', 'isMaster', 'ismaster', 'endSessions', 'ping'];

/** Starts a proxy on a free port in front of the one server that the address names. */
export async function startMongoProxy(uri: string): Promise<MongoProxy> {
  const target = new URL(uri);
  const commands: WireCommand[] = [];
  const sockets = new Set<Socket>();
  let lost: string | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 27017), target.hostname);
    let cut = false;
    const requests = new Messages((message) => {
      const command = parseCommand(message);
      if (command === undefined) return;
      commands.push(command);
      cut ||= lost !== undefined && lost in command.command;
    });
    pair(client, upstream, sockets);
    client.on('data', (data: Buffer) => {
      requests.push(data);
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!cut) client.write(data);
      else {
        lost = undefined;
        client.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    uri: addressThrough(target, (server.address() as AddressInfo).port),
    takeCommands: () => commands.splice(0),
    loseAnswerOf: (name) => {
      lost = name;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Repeating a write by itself is the driver's business on a replica set; here the caller's is looked at. */
function addressThrough(target: URL, port: number): string {
  const address = new URL(target);
  address.host = `127.0.0.1:${port}`;
  address.searchParams.set('directConnection', 'true');
  address.searchParams.set('retryWrites', 'false');
  return address.href;
}

function pair(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  }
}

/** Cuts a stream of bytes into the messages of the wire protocol: each starts with its length. */
class Messages {
  readonly #onMessage: (message: Buffer) => void;
  #pending = Buffer.alloc(0);

  constructor(onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  push(data: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, data]);
    while (this.#pending.length >= HEADER_BYTES) {
      const length = this.#pending.readInt32LE(0);
      if (this.#pending.length < length) return;
      const message = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.#onMessage(message);
    }
  }
}

/** An OP_MSG's body (section kind 0) and its document sequences (kind 1); undefined for what no store sends. */
function parseCommand(message: Buffer): WireCommand | undefined {
  if (message.readInt32LE(12) !== OP_MSG) return undefined;
  let command: Record<string, unknown> = {};
  const parts: Record<string, Record<string, unknown>[]> = {};
  let at = HEADER_BYTES + 4;
  while (at < message.length) {
    const kind = message[at];
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0) command = BSON.deserialize(section, { promoteBuffers: true });
    else Object.assign(parts, parseSequence(section));
    at += 1 + size;
  }
  return UNWANTED.some((name) => name in command) ? undefined : { command, parts };
}

function parseSequence(section: Buffer): Record<string, Record<string, unknown>[]> {
  const nameEnd = section.indexOf(0, 4);
  const documents: Record<string, unknown>[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const size = section.readInt32LE(at);
    documents.push(BSON.deserialize(section.subarray(at, at + size), { promoteBuffers: true }));
    at += size;
  }
  return { [section.toString('utf8', 4, nameEnd)]: documents };
}
