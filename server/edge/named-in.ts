const KINDS = { conversationId: 'conversation', sessionId: 'visitor', inviteId: 'invitation' } as const;

/** What a payload, query or body is about, by an id that it has, or that its `scope` has; undefined when it names nothing. */
export function namedIn(payload: unknown): { kind: string; id: unknown } | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  for (const [field, kind] of Object.entries(KINDS)) {
    if (field in payload) return { kind, id: (payload as Record<string, unknown>)[field] };
  }
  return 'scope' in payload ? namedIn(payload.scope) : undefined;
}
