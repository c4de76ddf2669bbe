import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { VaultSource } from '../../../workflows/contract/secret.ts';
import type { EgressRules } from '../../../egress/rules.ts';
import { TransferError } from '../../failures.ts';
import { refusal } from '../refusal.ts';
import { askForSecret } from '../request.ts';
import type { SecretSettings } from '../settings.ts';

export interface VaultToken {
  token: string;
  /** Seconds; 0 = does not end. */
  lease: number;
}

const loginAnswer = z.object({
  auth: z.object({ client_token: z.string().min(1), lease_duration: z.number().catch(0) }),
});

const WRONG_ROLE = 'check authPath, and whether the role exists there';
const WRONG_WORKER =
  'check whether the role is bound to the service account of the worker, and whether Vault reaches the Kubernetes API';

/**
 * Logs in: with the worker's service account token (Kubernetes and JWT auth are the same call), or by AppRole at the path
 * that the worker is told. Throws as SecretResolver does.
 */
export async function login(
  source: VaultSource,
  settings: SecretSettings,
  field: string,
  egress: EgressRules,
): Promise<VaultToken> {
  const { address, authPath, role } = source;
  const appRole = authPath === settings.appRole.path;
  const doing = `${field}: logging in to Vault at ${address}${authPath} ${appRole ? 'by AppRole' : `with role ${JSON.stringify(role)}`}`;
  const body = appRole
    ? await appRoleCredentials(settings, doing)
    : {
        role,
        jwt: await credential(
          settings.vaultTokenFile,
          'service account token',
          'DDC_VAULT_TOKEN_FILE',
          doing,
        ),
      };
  const answer = await askForSecret(
    `${address}${authPath}`,
    { ...vaultRequest(source), body, egress },
    doing,
  );
  if (answer.status < 200 || answer.status > 299)
    throw refusal(answer, doing, {
      400: WRONG_ROLE,
      403: WRONG_WORKER,
      404: 'no auth method is at authPath, which begins with /v1/auth/',
      503: 'it may be sealed',
    });
  const { data } = loginAnswer.safeParse(answer.body);
  if (data === undefined)
    throw new TransferError('SecretUnavailable', `${doing}: the answer is not one of a login`);
  return { token: data.auth.client_token, lease: data.auth.lease_duration };
}

/** What login and reading have in common. */
export function vaultRequest({ namespace, caCertificate }: VaultSource): {
  headers: Record<string, string>;
  caCertificate: string | undefined;
} {
  return {
    headers: {
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    },
    caCertificate,
  };
}

async function appRoleCredentials(
  { appRole }: SecretSettings,
  doing: string,
): Promise<Record<string, string>> {
  const { roleIdFile, secretIdFile } = appRole;
  return {
    role_id: await credential(roleIdFile, 'role id', 'DDC_VAULT_ROLE_ID_FILE', doing),
    secret_id: await credential(secretIdFile, 'secret id', 'DDC_VAULT_SECRET_ID_FILE', doing),
  };
}

/** Read for every login: Kubernetes and Vault's agent replace such files. */
async function credential(
  file: string | undefined,
  what: string,
  variable: string,
  doing: string,
): Promise<string> {
  const content = file === undefined ? '' : (await readFile(file, 'utf8').catch(() => '')).trim();
  if (content !== '') return content;
  throw new TransferError(
    'SecretNotFound',
    `${doing}: the worker has no ${what}${file === undefined ? '' : ` at ${file}`}; mount one, and name its file in ${variable}`,
  );
}
