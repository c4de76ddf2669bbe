import { posix } from 'node:path';
import type {
  SecretImportSource,
  SecretSource,
  VaultPathSource,
  VaultSource,
} from '../workflows/contract/secret.ts';
import { hostProblem, targetOf } from './hosts.ts';
import { patternProblem } from './patterns.ts';
import type { EgressProblem, EgressRules } from './rules.ts';

type Possible = { field: string; message: string | undefined };

/**
 * What may not be used of a reference to a secret, as far as it shows before names are resolved; fields below the block that
 * holds the reference.
 */
export function secretProblems(rules: EgressRules, source: SecretSource): EgressProblem[] {
  return possible(rules, source).filter((problem): problem is EgressProblem => problem.message !== undefined);
}

function possible(rules: EgressRules, source: SecretSource): Possible[] {
  switch (source.kind) {
    case 'vault':
      return vaultProblems(rules, source);
    case 'vaultPath':
      return providerProblems(rules, source);
    case 'secretImport':
      return [{ field: 'secretImport', message: importProblem(rules, source) }];
  }
}

function vaultProblems(rules: EgressRules, source: VaultSource): Possible[] {
  const { address, authPath, role, secretPath, namespace = '' } = source;
  return [
    { field: 'vault.address', message: urlProblem(rules, 'vaultAddresses', address) },
    { field: 'vault.authPath', message: pathProblem(rules, 'vaultAuthPaths', address, authPath) },
    { field: 'vault.role', message: patternProblem(rules, 'vaultRoles', role) },
    { field: 'vault.secretPath', message: pathProblem(rules, 'secretPaths', address, secretPath) },
    { field: 'vault.namespace', message: patternProblem(rules, 'vaultNamespaces', namespace) },
  ];
}

function providerProblems(rules: EgressRules, source: VaultPathSource): Possible[] {
  const { path, providerUrl, providerRole } = source;
  if (/^https?:\/\//i.test(path))
    return [{ field: 'vaultPath', message: urlProblem(rules, 'secretProviders', path) }];
  return [
    {
      field: 'vaultPath',
      message:
        (providerUrl === undefined ? undefined : urlProblem(rules, 'secretProviders', providerUrl)) ??
        (providerRole === undefined
          ? undefined
          : patternProblem(rules, 'secretProviderRoles', providerRole)) ??
        patternProblem(rules, 'secretNames', path),
    },
  ];
}

/** Absolute ones are for the worker, which knows where they are mounted. */
function importProblem(rules: EgressRules, { directory }: SecretImportSource): string | undefined {
  const normal = posix.normalize(directory).replace(/(.)\/$/, '$1');
  return posix.isAbsolute(normal) ? undefined : patternProblem(rules, 'secretImports', normal);
}

/** Without a query, which may hold secrets, in what is shown. */
function urlProblem(
  rules: EgressRules,
  list: 'vaultAddresses' | 'secretProviders',
  text: string,
): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const shown = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  const hidden = hasHiddenCharacters(url.pathname) && rules[list] !== undefined;
  return (
    hostProblem(rules, targetOf(text), false) ??
    (hidden ? hiddenCharacters(shown) : patternProblem(rules, list, shown))
  );
}

/** As it is sent: URL has taken out what leads upwards. */
function pathProblem(
  rules: EgressRules,
  list: 'secretPaths' | 'vaultAuthPaths',
  address: string,
  path: string,
): string | undefined {
  if (rules[list] === undefined || !URL.canParse(`${address}${path}`)) return undefined;
  const { pathname, search } = new URL(`${address}${path}`);
  const sent = `${pathname}${search}`.slice(new URL(address).pathname.replace(/\/$/, '').length);
  return hasHiddenCharacters(pathname) ? hiddenCharacters(sent) : patternProblem(rules, list, sent);
}

/** Encoded `.`, `/`, `\` and `%`, and empty steps: the server may take them for another path than the patterns do. */
const hasHiddenCharacters = (pathname: string): boolean => /%(?:2e|2f|5c|25)|\/\//i.test(pathname);

const hiddenCharacters = (text: string): string =>
  `the egress policy allows paths by what they look like; ${JSON.stringify(text)} must be written without "//" and without encoded ".", "/", "\\" and "%"`;
