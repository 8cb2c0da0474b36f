export * from './broadcaster.ts';
export * from './clock.ts';
export * from './ids.ts';
export * from './key-ring.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './rate-limiter.ts';
export * from './stores.ts';
