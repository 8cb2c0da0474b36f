/** Our own modules run as CommonJS through swc; packages run as they are. */
const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2023', parser: { syntax: 'typescript', tsx: true } },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

export default {
  testEnvironment: '<rootDir>/tests/support/one-realm-environment.cjs',
  runtime: '<rootDir>/tests/support/one-realm-runtime.cjs',
  testSequencer: '<rootDir>/tests/support/sequencer.cjs',
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  transform: { '^.+\\.(t|j|mj)sx?$': swc },
  extensionsToTreatAsEsm: [],
  testTimeout: 20_000,
  cacheDirectory: 'node_modules/.cache/jest',
};
