import all from './jest.config.mjs';

const { globalSetup: _setup, globalTeardown: _teardown, ...config } = all;

/** What needs no server. */
export default {
  ...config,
  testMatch: ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/contracts/{format,transform}/**/*.test.ts'],
  testTimeout: 20_000,
};
