export * from './conversation-search.ts';
export * from './transcripts.ts';
