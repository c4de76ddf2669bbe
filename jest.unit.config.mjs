import all from './jest.config.mjs';

const { globalSetup: _setup, globalTeardown: _teardown, ...config } = all;

// Properties are tried with a share of their cases; see test/support/runs.ts.
process.env.DDC_PROPERTY_RUNS ??= '0.2';

/** What needs no server. */
export default {
  ...config,
  testMatch: ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/contracts/{format,transform}/**/*.test.ts'],
  testTimeout: 20_000,
};
