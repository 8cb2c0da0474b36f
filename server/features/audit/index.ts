export * from './audit.ts';
export { AuditChainer, type ChainEnd } from './audit-chain.ts';
export type { AuditFloors } from './audit-floors.ts';
export { AuditRetention } from './audit-retention.ts';
export { AuditVerifier } from './audit-verifier.ts';
export { type Attempt, RefusedAccess } from './refused-access.ts';
