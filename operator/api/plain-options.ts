/**
 * Options of transformations that tell nothing secret. All others stay in the resource, also those that nobody knows:
 * a key under a mistyped name is still a key.
 */
const PLAIN_OPTIONS: ReadonlySet<string> = new Set([
  'algo',
  'algorithm',
  'alphabet',
  'clause',
  'creditCard',
  'fraction',
  'keepDomain',
  'keepFirst',
  'keepLast',
  'keyId',
  'onMissingColumn',
  'redactType',
  'redactValue',
  'seed',
]);

export function isPlainOption(name: string): boolean {
  return PLAIN_OPTIONS.has(name);
}
