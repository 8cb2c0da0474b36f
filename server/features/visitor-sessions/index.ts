export * from './business-hours.ts';
export * from './visitor-sessions.ts';
