export * from './transcripts.ts';
