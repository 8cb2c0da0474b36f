export * from './legal-holds.ts';
export { SessionEnd } from './session-end.ts';
export * from './transcript-end.ts';
