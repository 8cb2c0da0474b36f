export * from './redaction-counts.ts';
export * from './redaction-rules.ts';
export * from './report.ts';
export * from './rule-history.ts';
