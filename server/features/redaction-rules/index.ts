export * from './redaction-rules.ts';
