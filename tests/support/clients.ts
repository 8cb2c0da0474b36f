import { io, type Socket } from 'socket.io-client';
import type {
  Ack,
  AgentEvents,
  ServerToAgent,
  ServerToVisitor,
  VisitorEvents,
  WireError,
} from '../../shared/protocol/index.ts';
import type { TestServer } from './server.ts';

type EventMap = object;
type PayloadOf<Events, Name extends keyof Events> = Events[Name] extends { payload: infer P } ? P : never;
type DataOf<Events, Name extends keyof Events> = Events[Name] extends { data: infer D } ? D : never;

/** A refused event, with the code of the table. */
export class EventRefused extends Error {
  readonly code: string;
  readonly wire: WireError;
  constructor(wire: WireError) {
    super(`refused: ${wire.code}`);
    this.code = wire.code;
    this.wire = wire;
  }
}

/** A real Socket.IO client that keeps what it is sent, and can wait for it. */
export class TestClient<Events extends EventMap, FromServer extends EventMap> {
  readonly socket: Socket;
  readonly received: { name: string; payload: unknown }[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, payload: unknown) => {
      this.received.push({ name, payload });
      for (const check of [...this.#waiting]) check();
    });
  }

  async emit<Name extends keyof Events & string>(
    name: Name,
    payload: PayloadOf<Events, Name>,
  ): Promise<DataOf<Events, Name>> {
    const ack = await this.emitRaw(name, payload);
    if (!ack.ok) throw new EventRefused(ack.error);
    return ack.data as DataOf<Events, Name>;
  }

  /** Sends anything at all and answers the whole acknowledgement. */
  async emitRaw(name: string, ...args: unknown[]): Promise<Ack<unknown>> {
    return this.socket.timeout(10_000).emitWithAck(name, ...args);
  }

  all<Name extends keyof FromServer & string>(name: Name): FromServer[Name][] {
    return this.received
      .filter((event) => event.name === name)
      .map((event) => event.payload as FromServer[Name]);
  }

  /** The first event of this name that fits, already received or still to come. */
  async next<Name extends keyof FromServer & string>(
    name: Name,
    fits: (payload: FromServer[Name]) => boolean = () => true,
  ): Promise<FromServer[Name]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`no ${name} came; got ${this.received.map((event) => event.name).join(', ')}`));
      }, 10_000);
      const check = (): void => {
        const found = this.all(name).find(fits);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  close(): void {
    this.socket.disconnect();
  }
}

export type VisitorClient = TestClient<VisitorEvents, ServerToVisitor> & {
  sessionId: string;
  /** Of its session. */
  token: string;
};
export type AgentClient = TestClient<AgentEvents, ServerToAgent> & {
  userId: string;
  accountId: string;
  email: string;
  password: string;
};

/** Connects; a refused handshake rejects with its `connect_error`, whose `data.code` says why. */
export async function connect(
  url: string,
  auth: Record<string, unknown>,
  options: {
    reconnection?: boolean;
    userAgent?: string;
    /** As a trusted proxy in front says. */
    address?: string;
    /** Called before it connects, for who must not miss what comes first. */
    onSocket?: (socket: Socket) => void;
  } = {},
): Promise<Socket> {
  const socket = io(url, {
    auth,
    transports: ['websocket'],
    forceNew: true,
    reconnection: options.reconnection ?? false,
    extraHeaders: {
      ...(options.userAgent !== undefined && { 'user-agent': options.userAgent }),
      ...(options.address !== undefined && { 'x-forwarded-for': options.address }),
    },
  });
  options.onSocket?.(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.disconnect();
      reject(error);
    });
  });
  return socket;
}

export async function connectVisitor(
  test: TestServer,
  visitorToken?: string,
  siteKey?: string,
): Promise<VisitorClient> {
  const session = await test.openVisitorSession(visitorToken, siteKey);
  let client: TestClient<VisitorEvents, ServerToVisitor> | undefined;
  const socket = await connect(
    `${test.url}/visitor`,
    { token: session.token },
    {
      onSocket: (made) => {
        client = new TestClient<VisitorEvents, ServerToVisitor>(made);
      },
    },
  );
  return Object.assign(client ?? new TestClient<VisitorEvents, ServerToVisitor>(socket), {
    sessionId: session.sessionId,
    token: session.token,
  });
}

/** Signs in as the administrator, or another user, and connects. */
export async function connectAgent(
  test: TestServer,
  credentials: { email: string; password: string } = test.admin,
): Promise<AgentClient> {
  const { accessToken, accountId, user } = await test.signIn(credentials);
  const socket = await connect(`${test.url}/agent`, { token: accessToken, accountId });
  return Object.assign(new TestClient<AgentEvents, ServerToAgent>(socket), {
    ...credentials,
    userId: user.id,
    accountId,
  });
}

/** Makes a staff member in the first account and connects as them. */
export async function connectNewAgent(
  test: TestServer,
  name: string,
  roles = ['agent'],
): Promise<AgentClient> {
  const { accessToken, accountId } = await test.signIn();
  const credentials = { email: `${name.toLowerCase()}@example.com`, password: `long password of ${name}` };
  const made = await test.call(
    'POST',
    `/accounts/${accountId}/users`,
    { ...credentials, name, roles },
    accessToken,
  );
  if (made.status !== 201) throw new Error(`the user was not made: ${made.status} ${made.body.code}`);
  return connectAgent(test, credentials);
}
