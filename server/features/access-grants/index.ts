export * from './access-grants.ts';
