export * from './auth.ts';
export * from './new-password.ts';
export * from './principal.ts';
export type { SignInLimits } from './sign-in-guard.ts';
export { SignInNotes } from './sign-in-notes.ts';
export * from './sign-ins.ts';
