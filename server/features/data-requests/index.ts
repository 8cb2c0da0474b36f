export * from './account-end.ts';
export * from './data-requests.ts';
export * from './erasure-steps.ts';
