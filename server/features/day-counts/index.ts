export { DayCounts } from './day-counts.ts';
