import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** How a child ended: one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly exited: Promise<Exit>;
  /** Everything written so far to stdout, and to stderr. */
  stdout(): string;
  stderr(): string;
  /** Sends SIGTERM, or another signal, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export interface StartOptions {
  /** The whole environment beside PATH and HOME: what is set around the test stays out. */
  readonly env: Readonly<Record<string, string>>;
  /** The program, from the project's folder; the built server by default. */
  readonly program?: string;
  /** Options of Node itself. */
  readonly nodeArguments?: readonly string[];
  /** Opens a message channel to the child. */
  readonly ipc?: boolean;
}

const SERVER = 'dist/server/main.js';
/** A first start makes keys, an account and a password hash; a loaded machine takes its time. */
const READY_WITHIN_MS = 60_000;

/** Starts a program that prints the `ready` line. @throws Error with its output when it ends or takes too long */
export async function startServer(options: StartOptions): Promise<ServerProcess> {
  const started = spawnServer(options);
  const url = await readyUrl(started).catch((error) => {
    started.child.kill('SIGKILL');
    throw error;
  });
  return {
    ...started,
    url,
    stop: (signal = 'SIGTERM') => {
      started.child.kill(signal);
      return started.exited;
    },
  };
}

/** Runs the server with settings that it is to refuse, until it ends. */
export async function runToEnd(options: StartOptions): Promise<Exit & { stdout: string; stderr: string }> {
  const started = spawnServer(options);
  const timer = setTimeout(() => started.child.kill('SIGKILL'), READY_WITHIN_MS);
  const exit = await started.exited;
  clearTimeout(timer);
  return { ...exit, stdout: started.stdout(), stderr: started.stderr() };
}

type Started = Pick<ServerProcess, 'child' | 'pid' | 'exited' | 'stdout' | 'stderr'>;

function spawnServer({ env, program = SERVER, nodeArguments = [], ipc = false }: StartOptions): Started {
  const path = join(process.cwd(), program);
  if (!existsSync(path)) throw new Error(`${program} is not there: run "npm run build" first`);
  const child = spawn(process.execPath, [...nodeArguments, path], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    // `close` comes after the last output, `exit` may come before it.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, pid: child.pid ?? 0, exited, stdout, stderr };
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: string[] = [];
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

function readyUrl({ child, exited, stdout, stderr }: Started): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`the server ${what}:\n${stdout()}\n${stderr()}`));
    const timer = setTimeout(() => fail(`was not ready in ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    exited.then(({ code, signal }) => fail(`ended with ${code ?? signal} before it was ready`), reject);
    const look = (): void => {
      const line = /^ready (\{.*\})$/m.exec(stdout())?.[1];
      if (line === undefined) return;
      child.stdout?.off('data', look);
      clearTimeout(timer);
      resolve((JSON.parse(line) as { url: string }).url);
    };
    child.stdout?.on('data', look);
  });
}
