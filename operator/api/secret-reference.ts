import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import type { SecretReference, SecretSource } from '../../workflows/contract/secret.ts';
import { withScheme, withSlash } from './checks/secret-address.ts';
import { parseSecretImport } from './checks/secret-import.ts';
import type { SecretFields } from './schema/secrets.ts';

/** What names a resource's secret provider. */
export interface SecretProvider {
  secretProviderURL?: string | undefined;
  secretProviderRole?: string | undefined;
}

/** Makes the references of one resource. */
export class SecretReferences {
  readonly #identity: TransferIdentity;
  readonly #provider: SecretProvider;

  constructor(identity: TransferIdentity, provider: SecretProvider) {
    this.#identity = identity;
    this.#provider = provider;
  }

  /**
   * To the block at the path; undefined when it has no secret values.
   * @param inline whether there are values in the block itself
   */
  to(path: string[], block: SecretFields, inline: boolean): SecretReference | undefined {
    const sources = secretSources(block, this.#provider);
    if (!inline && sources.length === 0) return undefined;
    const { apiVersion, kind, namespace, name, uid } = this.#identity;
    return {
      kind: 'resource',
      apiVersion,
      resourceKind: kind,
      namespace,
      name,
      uid,
      path,
      ...(inline ? {} : { inline }),
      ...(sources.length === 0 ? {} : { sources }),
    };
  }

  /** The same, of values that must fit the rest of the run. */
  pinned(path: string[], block: SecretFields, inline: boolean): SecretReference | undefined {
    const reference = this.to(path, block, inline);
    return reference && { ...reference, generation: this.#identity.generation };
  }
}

/** In the order in which their values win. */
function secretSources(
  { vault, vaultPath, secretImport }: SecretFields,
  { secretProviderURL, secretProviderRole }: SecretProvider,
): SecretSource[] {
  const sources: SecretSource[] = [];
  if (vault !== undefined) {
    const { role, ciphertext, namespace, caCertificate } = vault;
    sources.push({
      kind: 'vault',
      address: vault.address.replace(/\/+$/, ''),
      authPath: withSlash(vault.authPath),
      role,
      secretPath: withSlash(vault.secretPath),
      ...(ciphertext === undefined ? {} : { ciphertext }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(caCertificate === undefined ? {} : { caCertificate }),
    });
  }
  if (vaultPath !== undefined)
    sources.push({
      kind: 'vaultPath',
      path: vaultPath,
      ...(secretProviderURL === undefined ? {} : { providerUrl: withScheme(secretProviderURL) }),
      ...(secretProviderRole === undefined ? {} : { providerRole: secretProviderRole }),
    });
  if (secretImport !== undefined) {
    const parsed = parseSecretImport(secretImport);
    if ('problem' in parsed) throw new Error('not a validated spec');
    sources.push({ kind: 'secretImport', ...parsed });
  }
  return sources;
}
