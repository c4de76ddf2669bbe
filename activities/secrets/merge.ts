import type { SecretValues } from './secrets.ts';

/**
 * The values of several places as if they stood in one block: those of earlier ones win, also over another spelling
 * (`access_key`, `accessKey`) of theirs.
 */
export function mergeSecrets(places: readonly SecretValues[]): SecretValues {
  const merged = new Map<string, string>();
  const taken = new Set<string>();
  for (const values of places) {
    const added = Object.entries(values).filter(([name]) => !taken.has(camelCase(name)));
    for (const [name, value] of added) {
      merged.set(name, value);
      taken.add(camelCase(name));
    }
  }
  return Object.fromEntries(merged);
}

const camelCase = (name: string): string =>
  name.replace(/(?<=.)_([a-z])/g, (_, letter: string) => letter.toUpperCase());
