export { SessionEnd } from './session-end.ts';
export * from './legal-holds.ts';
export * from './transcript-end.ts';
