import { spawn } from 'node:child_process';

/** The folder of package.json. */
export const ROOT = new URL('../../', import.meta.url);

/** A step failed; the message is all that a person needs to see. */
export class StepError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'StepError';
    this.exitCode = exitCode;
  }
}

/** One plain line of progress. It goes to stderr: stdout is the started program's own. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program in the project folder and answers `{ code, output }`. With `quiet`, its output is collected;
 * else it is shown, but for what `hide` names ('stdout'). A signal that stops this process stops the program too.
 */
export function run(command, args, { quiet = false, hide, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env,
      // npm is a .cmd file on Windows, which only a shell starts.
      shell: process.platform === 'win32' && command === 'npm',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const name of ['stdout', 'stderr']) {
      child[name].on('data', (chunk) => {
        if (quiet) output += chunk;
        else if (hide !== name) process.stderr.write(chunk);
      });
    }
    const release = forwardSignals(child);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      release();
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), output });
    });
  });
}

/** Runs npm: the one that runs this script, when one does. */
export function runNpm(args, options) {
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) return run(process.execPath, [npm, ...args], options);
  return run('npm', args, options);
}

/** Runs the work and ends the process with its exit code; a failed step is told in one line, without a stack. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}

/** While the child runs, signals go to it; the answer ends that. The child's end then ends the step. */
function forwardSignals(child) {
  const forward = (signal) => child.kill(signal);
  process.on('SIGTERM', forward).on('SIGINT', forward);
  return () => process.off('SIGTERM', forward).off('SIGINT', forward);
}
