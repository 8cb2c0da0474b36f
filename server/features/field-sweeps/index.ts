export * from './agreed-values.ts';
export * from './field-sweeps.ts';
