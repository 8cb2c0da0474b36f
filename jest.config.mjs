/** Tests run as CommonJS through swc; packages that ship ES modules only are transformed too. */
const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2023', parser: { syntax: 'typescript', tsx: true } },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

export default {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  transform: { '^.+\\.(t|j|mj)sx?$': swc },
  transformIgnorePatterns: [
    '/node_modules/(?!(@sparticuz/chromium|file-type|jose|oauth4webapi|openid-client|strtok3|token-types|uint8array-extras|@tokenizer/inflate|@tokenizer/token|@borewit/text-codec)/)',
  ],
  extensionsToTreatAsEsm: [],
  testTimeout: 20_000,
  cacheDirectory: 'node_modules/.cache/jest',
};
