import type { VaultSource } from '../../../workflows/contract/secret.ts';
import type { EgressRules } from '../../../egress/rules.ts';
import { secretValues } from '../answer.ts';
import { noSecret, refusal } from '../refusal.ts';
import { askForSecret, type SecretAnswer } from '../request.ts';
import type { SecretValues } from '../secrets.ts';
import type { SecretSettings } from '../settings.ts';
import { login, vaultRequest } from './login.ts';
import { VaultTokens } from './tokens.ts';

const HINTS = {
  400: 'with a ciphertext, secretPath is /v1/transit/decrypt/ and the name of the key that has wrapped it',
  403: 'the policies of the role do not let it read secretPath, or with a ciphertext update it',
  404: 'secretPath begins with /v1/ and the name of the secrets engine; of KV version 2 it goes on with /data/',
  503: 'it may be sealed',
};

/** Reads secrets in Vault servers; one for all activities of a worker, because it keeps their tokens. */
export class Vault {
  readonly #settings: SecretSettings;
  readonly #tokens: VaultTokens;

  constructor(settings: SecretSettings, tokens = new VaultTokens()) {
    this.#settings = settings;
    this.#tokens = tokens;
  }

  /**
   * Throws as SecretResolver does.
   * @param field for messages, e.g. `spec.source.s3.vault`
   */
  async read(source: VaultSource, field: string, egress: EgressRules): Promise<SecretValues> {
    const { address, secretPath, role, ciphertext } = source;
    const doing = `${field}: reading ${secretPath} of Vault at ${address} with role ${JSON.stringify(role)}`;
    const ask = (token: string): Promise<SecretAnswer> => {
      const { headers, caCertificate } = vaultRequest(source);
      return askForSecret(
        `${address}${secretPath}`,
        {
          egress,
          headers: { ...headers, 'x-vault-token': token },
          caCertificate,
          ...(ciphertext !== undefined && { body: { ciphertext } }),
        },
        doing,
      );
    };
    const logIn = () => login(source, this.#settings, field, egress);
    const { token, kept } = await this.#tokens.take(source, logIn);
    let answer = await ask(token);
    // Revoked, or ended early: Vault says nothing else of a token than of a policy.
    if (answer.status === 403 && kept) answer = await ask(await this.#tokens.renew(source, logIn));
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, doing, HINTS);
    const values = secretValues(answer.body);
    if (ciphertext === undefined && values !== undefined) return values;
    if (values?.['plaintext'] === undefined) throw noSecret(doing);
    return { key: values['plaintext'] };
  }
}
