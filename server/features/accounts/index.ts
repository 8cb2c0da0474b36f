export * from './accounts.ts';
export * from './bootstrap.ts';
