/** An address that was encoded more often is not one that a browser made of a form. */
const MAX_ROUNDS = 3;

/**
 * What a page address says once its percent-encoding and the pluses of its query are undone; what is not good
 * encoding stays as it is. For looking into an address, not for following it.
 */
export function decodeUrl(text: string): string {
  let decoded = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = decoded.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun);
    if (next === decoded) break;
    decoded = next;
  }
  const query = decoded.indexOf('?');
  return query === -1 ? decoded : decoded.slice(0, query) + decoded.slice(query).replaceAll('+', ' ');
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}
