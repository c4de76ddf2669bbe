import { hostProblem, targetOf } from './hosts.ts';
import { patternProblem } from './patterns.ts';
import type { EgressProblem, EgressRules } from './rules.ts';

/** What may not be used of a store, as far as it shows before its name is resolved; fields of its block. */
export function storeProblems(
  rules: EgressRules,
  { endpoint, bucket }: { endpoint: string; bucket: string },
): EgressProblem[] {
  return [
    { field: 'endpoint', message: hostProblem(rules, targetOf(endpoint), true) },
    { field: 'bucket', message: patternProblem(rules, 'buckets', bucket) },
  ].filter((problem): problem is EgressProblem => problem.message !== undefined);
}
