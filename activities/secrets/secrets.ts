import type { SecretReference } from '../../workflows/contract/secret.ts';

/** The values behind a reference, by their key names. In memory only. */
export type SecretValues = Readonly<Record<string, string>>;

/** Resolves references to secrets. Later providers (Vault) implement the same. */
export interface SecretResolver {
  /** Throws SecretNotFound or ResourceGone (fatal), or SecretUnavailable (retried); never with a value in the text. */
  resolve(reference: SecretReference): Promise<SecretValues>;
}
