export * from './redaction-rescan.ts';
