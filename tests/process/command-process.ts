import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

/** What a command said, and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Kills it when its stderr has that. */
  readonly killAt?: RegExp | undefined;
  /** Options of Node itself. */
  readonly nodeArguments?: readonly string[];
}

/** Runs a script of the project in a process of its own, until it ends. */
export function runScript(script: string, args: readonly string[], options: CommandOptions): Promise<Said> {
  const { env, killAt, nodeArguments = [] } = options;
  return new Promise<Said>((resolve, reject) => {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [...nodeArguments, join(process.cwd(), script), ...args], {
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
      if (killAt?.test(err)) child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
