import process from 'node:process';

/**
 * Loaded before a command, ends it as SIGKILL from outside does, at a moment that the test chooses: after so many lines
 * of progress, or so many milliseconds after the last one.
 */
const lines = Number(process.env.DIE_AT_LINE ?? Number.POSITIVE_INFINITY);
const afterEndMs = process.env.DIE_AFTER_MS;

const die = () => process.kill(process.pid, 'SIGKILL');
const systemNow = Date.now;
let calls = 0;
// A terminal gets every line of progress, a tenth of a second apart.
process.stderr.isTTY = true;
Date.now = () => systemNow() + 100 * calls++;

let shown = 0;
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text, ...rest) => {
  const written = write(text, ...rest);
  if (text === '\n' && afterEndMs !== undefined) setTimeout(die, Number(afterEndMs));
  if (/ %/.test(text)) shown += 1;
  if (shown >= lines) die();
  return written;
};
