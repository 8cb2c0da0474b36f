export * from './subject-finder.ts';
export { SubjectValues } from './subject-values.ts';
