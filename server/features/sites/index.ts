export * from './known-sites.ts';
export * from './new-site.ts';
export * from './sites.ts';
