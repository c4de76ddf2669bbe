import { relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { EgressPolicy } from '../../egress/policy.ts';
import type { EgressRules } from '../../egress/rules.ts';
import { secretProblems } from '../../egress/secret-problems.ts';
import type { SecretReference, SecretSource } from '../../workflows/contract/secret.ts';
import { TransferError } from '../failures.ts';
import { fieldOf } from './field.ts';
import { mergeSecrets } from './merge.ts';
import { importedSecrets } from './mounted.ts';
import { providedSecrets } from './provider.ts';
import { readOnce } from './read-once.ts';
import { resourceSecrets, type ReadResource } from './resource.ts';
import type { SecretResolver, SecretValues } from './secrets.ts';
import type { SecretSettings } from './settings.ts';
import type { Vault } from './vault/vault.ts';

/** What a worker resolves secrets with. */
export interface SecretAccess {
  readResource: ReadResource;
  /** Keeps its tokens; the same for all activities. */
  vault: Vault;
  settings: SecretSettings;
  egress: EgressPolicy;
}

/** Resolver of one activity: everything that references name is read once, when it is first asked for. */
export function secretResolver(access: SecretAccess): SecretResolver {
  const resolved = new Map<string, { reference: SecretReference; values: SecretValues }>();
  const sources = new Map<string, Promise<SecretValues>>();
  const inline = resourceSecrets(readOnce(access.readResource));

  return {
    async resolve(reference) {
      const found = (reference.sources ?? []).map((source) => {
        const { namespace, path } = reference;
        const key = JSON.stringify([namespace, source]);
        const rules = access.egress.rulesOf(namespace);
        const values = sources.get(key) ?? readSource(access, source, fieldOf(path), rules);
        sources.set(key, values);
        return values;
      });
      const own = reference.inline === false ? [] : [inline.resolve(reference)];
      const values = mergeSecrets(await Promise.all([...own, ...found]));
      if (found.length > 0) resolved.set(JSON.stringify(reference), { reference, values });
      return values;
    },
    async changed() {
      const now = secretResolver(access);
      for (const { reference, values } of resolved.values())
        if (!isDeepStrictEqual(await now.resolve(reference), values)) return true;
      return false;
    },
  };
}

async function readSource(
  { vault, settings }: SecretAccess,
  source: SecretSource,
  block: string,
  egress: EgressRules,
): Promise<SecretValues> {
  for (const { field, message } of secretProblems(egress, asUsed(source, settings)))
    throw new TransferError('EgressDenied', `${block}.${field}: ${message}`);
  const field = `${block}.${source.kind}`;
  switch (source.kind) {
    case 'vault':
      return vault.read(source, field, egress);
    case 'vaultPath':
      return providedSecrets(source, settings, field, egress);
    case 'secretImport':
      return importedSecrets(source, settings.secretDir, field);
  }
}

/** With what the worker's own settings say where the reference does not: the policy holds for that, too. */
function asUsed(
  source: SecretSource,
  { secretDir, secretProviderUrl, secretProviderRole }: SecretSettings,
): SecretSource {
  if (source.kind === 'secretImport' && secretDir !== undefined)
    return { ...source, directory: relative(secretDir, resolve(secretDir, source.directory)) || '.' };
  if (source.kind !== 'vaultPath') return source;
  return {
    ...(secretProviderUrl !== undefined && { providerUrl: withScheme(secretProviderUrl) }),
    ...(secretProviderRole !== undefined && { providerRole: secretProviderRole }),
    ...source,
  };
}

const withScheme = (url: string): string => (/^https?:\/\//i.test(url) ? url : `http://${url}`);
