import { isDeepStrictEqual } from 'node:util';
import type { SecretReference, SecretSource } from '../../workflows/contract/secret.ts';
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
}

/** Resolver of one activity: everything that references name is read once, when it is first asked for. */
export function secretResolver(access: SecretAccess): SecretResolver {
  const resolved = new Map<string, { reference: SecretReference; values: SecretValues }>();
  const sources = new Map<string, Promise<SecretValues>>();
  const inline = resourceSecrets(readOnce(access.readResource));

  return {
    async resolve(reference) {
      const found = (reference.sources ?? []).map((source) => {
        const key = JSON.stringify(source);
        const values = sources.get(key) ?? readSource(access, source, fieldOf(reference.path));
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
): Promise<SecretValues> {
  const field = `${block}.${source.kind}`;
  switch (source.kind) {
    case 'vault':
      return vault.read(source, field);
    case 'vaultPath':
      return providedSecrets(source, settings, field);
    case 'secretImport':
      return importedSecrets(source, settings.secretDir, field);
  }
}
