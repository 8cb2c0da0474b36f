export * from './audit.ts';
export { AuditChainer, type ChainEnd } from './audit-chain.ts';
export { AuditVerifier } from './audit-verifier.ts';
