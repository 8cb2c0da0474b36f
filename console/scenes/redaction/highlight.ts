/** A piece of a text, and the rule that matched it, if one did. */
export interface Segment {
  readonly start: number;
  readonly text: string;
  readonly ruleId?: string;
}

/**
 * Cuts a text at the matches. Offsets are UTF-16 indices into `text`; matches that reach over the end, are empty or
 * overlap an earlier one are cut to what is left.
 */
export function segmentsOf(
  text: string,
  matches: readonly { readonly ruleId: string; readonly start: number; readonly end: number }[],
): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { ruleId, start, end } of [...matches].sort((a, b) => a.start - b.start)) {
    const from = Math.max(at, Math.min(start, text.length));
    const to = Math.min(end, text.length);
    if (to <= from) continue;
    if (from > at) segments.push({ start: at, text: text.slice(at, from) });
    segments.push({ start: from, text: text.slice(from, to), ruleId });
    at = to;
  }
  if (at < text.length) segments.push({ start: at, text: text.slice(at) });
  return segments;
}
