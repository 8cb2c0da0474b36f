export * from './department-directory.ts';
export * from './departments.ts';
