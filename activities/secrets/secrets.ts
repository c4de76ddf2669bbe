import type { SecretReference } from '../../workflows/contract/secret.ts';

/** The values behind a reference, by their key names. In memory only. */
export type SecretValues = Readonly<Record<string, string>>;

/** Resolves references to secrets, for one activity. */
export interface SecretResolver {
  /**
   * Throws with the field that refers: SecretNotFound, AccessDenied, InvalidOption, InvalidEndpoint or ResourceGone (fatal),
   * SecretUnavailable (retried); never with a value in the text.
   */
  resolve(reference: SecretReference): Promise<SecretValues>;
  /**
   * Whether anything outside the resource that was resolved is another one by now, e.g. a key that was rotated. Throws as
   * `resolve` does.
   */
  changed(): Promise<boolean>;
}
