import { WebSocket } from 'ws';
import type { ServerProcess } from './server-process.ts';

/** The server's option under which its memory can be looked into. */
export const INSPECTED: readonly string[] = ['--inspect=127.0.0.1:0'];

type Result = Readonly<Record<string, unknown>>;
interface Answer {
  readonly id?: number;
  readonly result?: Result;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: { readonly chunk?: string };
}

/** What a running server still holds: everything that its garbage collector could not take. */
export class LiveMemory {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #calls = 0;
  #onChunk: (chunk: string) => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
      else if (answer.method === 'HeapProfiler.addHeapSnapshotChunk')
        this.#onChunk(answer.params?.chunk ?? '');
    });
  }

  static async of(server: ServerProcess): Promise<LiveMemory> {
    const url = /Debugger listening on (ws:\S+)/.exec(server.stderr())?.[1];
    if (url === undefined) throw new Error('the server is not inspected');
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new LiveMemory(socket);
  }

  /** Those of the texts that are in a string, or a part of one, that something refers to. */
  async textsOf(texts: readonly string[]): Promise<readonly string[]> {
    const found = new Set<string>();
    const longest = Math.max(...texts.map((text) => text.length));
    let tail = '';
    this.#onChunk = (chunk) => {
      const seen = tail + chunk;
      for (const text of texts) if (seen.includes(text)) found.add(text);
      tail = seen.slice(-longest);
    };
    await this.#call('HeapProfiler.collectGarbage');
    await this.#call('HeapProfiler.takeHeapSnapshot', { captureNumericValue: false });
    return texts.filter((text) => found.has(text));
  }

  /** Those of the values that are in bytes (a Buffer, a typed array) that something refers to. */
  async bytesOf(values: readonly Buffer[]): Promise<readonly Buffer[]> {
    const objectGroup = 'bytes';
    const expression = 'Uint8Array.prototype';
    const prototype = await this.#call('Runtime.evaluate', { expression, objectGroup });
    const { objectId: prototypeObjectId } = prototype.result as { objectId: string };
    const all = await this.#call('Runtime.queryObjects', { prototypeObjectId, objectGroup });
    const { objectId } = all.objects as { objectId: string };
    const answer = await this.#call('Runtime.callFunctionOn', {
      objectId,
      // Prototypes are among what is found, and are no bytes.
      functionDeclaration: `function (...values) {
        const views = this.filter((one) => ArrayBuffer.isView(one));
        const { from } = views.find((one) => one.constructor.name === 'Buffer').constructor;
        const bytes = views.map((one) => from(one.buffer, one.byteOffset, one.byteLength));
        const wanted = (value) => Uint8Array.from(value.match(/../g), (two) => Number.parseInt(two, 16));
        return values.filter((value) => bytes.some((one) => one.includes(wanted(value))));
      }`,
      arguments: values.map((value) => ({ value: value.toString('hex') })),
      returnByValue: true,
    });
    // Otherwise what was found is held from now on.
    await this.#call('Runtime.releaseObjectGroup', { objectGroup });
    const found = (answer.result as { value: string[] }).value;
    return values.filter((value) => found.includes(value.toString('hex')));
  }

  close(): void {
    this.#socket.close();
  }

  async #call(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#calls;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    this.#waiting.delete(id);
    const { error, result = {} } = answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    if ('exceptionDetails' in result)
      throw new Error(`${method}: ${JSON.stringify(result.exceptionDetails)}`);
    return result;
  }
}
