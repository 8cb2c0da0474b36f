export * from './new-site.ts';
export * from './sites.ts';
