export { hasAdministrator } from './administrators.ts';
export * from './staff.ts';
