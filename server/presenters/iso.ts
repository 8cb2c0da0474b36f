let lastMs = Number.NaN;
let lastText = '';

/**
 * Epoch milliseconds as ISO 8601 UTC. The last one is remembered: a message is shown to several in the millisecond in
 * which it is stored, and writing a date costs more than the rest of showing it.
 */
export function iso(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
