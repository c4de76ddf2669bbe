import type { SecretImportSource } from '../../../workflows/contract/secret.ts';

const EXPECTED = 'must be a directory, with optional renames: "dir;from -> to;..."';

type SecretImport = Pick<SecretImportSource, 'directory' | 'renames'>;

/** What is wrong with a secretImport. */
export function secretImportProblems(text: string): string[] {
  const parsed = parseSecretImport(text);
  return 'problem' in parsed ? [parsed.problem] : [];
}

/** `dir;from -> to;...` taken apart. */
export function parseSecretImport(text: string): SecretImport | { problem: string } {
  const [directory = '', ...rest] = text.split(';').map((part) => part.trim());
  if (directory === '' || directory.includes('\0')) return { problem: EXPECTED };
  const renames: SecretImport['renames'] = [];
  for (const part of rest.filter((each) => each !== '')) {
    const [from = '', to = '', ...more] = part.split('->').map((name) => name.trim());
    if (from === '' || to === '' || more.length > 0) return { problem: EXPECTED };
    renames.push({ from, to });
  }
  return { directory, renames };
}
