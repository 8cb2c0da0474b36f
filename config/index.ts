export * from './config.ts';
export { ConfigError } from './config-error.ts';
export { envExample } from './env-example.ts';
export { Secret } from './secret.ts';
export { resolveSecrets, type Secrets } from './secrets.ts';
