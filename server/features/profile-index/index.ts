export * from './profile-index.ts';
