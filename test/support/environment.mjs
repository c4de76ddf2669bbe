import { types } from 'node:util';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs tests in a realm of their own, where `instanceof Error` is false for errors of Node's own modules
 * (a refused connection). The code under test must not behave differently here: all native errors count.
 */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    const RealmError = this.global.Error;
    Object.defineProperty(RealmError, Symbol.hasInstance, {
      value(candidate) {
        if (this === RealmError) return types.isNativeError(candidate);
        return Function.prototype[Symbol.hasInstance].call(this, candidate);
      },
    });
  }
}
