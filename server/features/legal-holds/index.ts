export * from './legal-holds.ts';
export * from './transcript-end.ts';
