export * from './agent-events.ts';
export * from './conversation.ts';
export * from './error-codes.ts';
export * from './message.ts';
export * from './rest.ts';
export * from './server-events.ts';
export * from './version.ts';
export * from './visitor-events.ts';
