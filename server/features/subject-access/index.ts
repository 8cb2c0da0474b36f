export * from './kept-visits.ts';
export * from './subject-access.ts';
