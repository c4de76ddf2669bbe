/** All tests, against real servers that globalSetup starts; paths given on the command line choose. */
export default {
  setupFiles: ['<rootDir>/test/support/properties.ts'],
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.ddc/'],
  globalSetup: '<rootDir>/test/support/start-servers.ts',
  globalTeardown: '<rootDir>/test/support/stop-servers.ts',
  reporters: ['default', '<rootDir>/test/support/count-reporter.mjs'],
  // Most of them wait for servers, not for a core.
  maxWorkers: 3,
  testTimeout: 120_000,
};
