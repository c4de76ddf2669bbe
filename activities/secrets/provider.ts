import type { VaultPathSource } from '../../workflows/contract/secret.ts';
import type { EgressRules } from '../../egress/rules.ts';
import { TransferError } from '../failures.ts';
import { secretValues } from './answer.ts';
import { noSecret, refusal } from './refusal.ts';
import { askForSecret } from './request.ts';
import type { SecretValues } from './secrets.ts';
import type { SecretSettings } from './settings.ts';

/**
 * What a vaultPath leads to: the answer of a secret provider, or of the URL that it is. Throws as SecretResolver does.
 * @param field for messages, e.g. `spec.source.s3.vaultPath`
 */
export async function providedSecrets(
  source: VaultPathSource,
  settings: Pick<SecretSettings, 'secretProviderUrl' | 'secretProviderRole'>,
  field: string,
  egress: EgressRules,
): Promise<SecretValues> {
  const { url, about } = /^https?:\/\//i.test(source.path)
    ? { url: source.path, about: plain(source.path) }
    : asked(source, settings, field);
  const doing = `${field}: asking ${about}`;
  const answer = await askForSecret(url, { egress }, doing);
  if (answer.status < 200 || answer.status > 299) throw refusal(answer, doing);
  const values = secretValues(answer.body);
  if (values === undefined) throw noSecret(doing);
  return values;
}

function asked(
  source: VaultPathSource,
  settings: Pick<SecretSettings, 'secretProviderUrl' | 'secretProviderRole'>,
  field: string,
): { url: string; about: string } {
  const provider = source.providerUrl ?? settings.secretProviderUrl;
  const role = source.providerRole ?? settings.secretProviderRole;
  const missing = (what: string, variable: string): TransferError =>
    new TransferError(
      'InvalidOption',
      `${field}: a secret provider is to be asked, and its ${what} is not known; set spec.${variable === 'URL' ? 'secretProviderURL' : 'secretProviderRole'} or SECRET_PROVIDER_${variable} of the worker, or give a full http(s) URL here`,
    );
  if (provider === undefined) throw missing('URL', 'URL');
  if (role === undefined) throw missing('role', 'ROLE');
  const base = /^https?:\/\//i.test(provider) ? provider : `http://${provider}`;
  if (!URL.canParse(base))
    throw new TransferError(
      'InvalidOption',
      `${field}: SECRET_PROVIDER_URL of the worker is not a URL like http://provider.example.com/get-secret`,
    );
  const query = `role=${encodeURIComponent(role)}&secret_name=${encodeURIComponent(source.path)}`;
  return {
    url: `${base}${base.includes('?') ? '&' : '?'}${query}`,
    about: `the secret provider ${plain(base)} for ${JSON.stringify(source.path)} with role ${JSON.stringify(role)}`,
  };
}

/** Without query and credentials, which may be secret. */
function plain(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
