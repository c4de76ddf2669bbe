import { lookup as resolve, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressProblem, type Target } from './hosts.ts';
import { EgressDenied, type EgressRules } from './rules.ts';

/**
 * A lookup for connections to one target that gives addresses which were checked, so that the one that is connected to is: a
 * name that resolves to something else the next time gains nothing. When one address may not be reached, none is. Errors are
 * EgressDenied and those of the resolver.
 * @param listed as in `addressProblem`
 * @param lookup replaced in tests
 */
export function guardedLookup(
  rules: EgressRules,
  target: Target,
  listed: boolean,
  lookup: LookupFunction = resolve,
): LookupFunction {
  return (host, options, callback) => {
    lookup(host, options, (error, found, family) => {
      if (error) return callback(error, found, family);
      const addresses =
        typeof found === 'string' ? [found] : found.map(({ address }: LookupAddress) => address);
      for (const address of addresses) {
        const problem = addressProblem(rules, target, address, listed);
        if (problem !== undefined) return callback(new EgressDenied(problem), found, family);
      }
      callback(null, found, family);
    });
  };
}
