/** How a worker gets at secrets that resources refer to. Holds no secret but perhaps in `providerUrl`. */
export interface SecretSettings {
  /** File of the service account token that the worker logs in to Vault with; read for every login. */
  vaultTokenFile: string;
  appRole: AppRoleSettings;
  /** References without a provider of their own ask this one. */
  secretProviderUrl?: string;
  secretProviderRole?: string;
  /** Below this directory secretImport may read; absent = nowhere. */
  secretDir?: string;
}

/** Files with role_id and secret_id, for logins at `path`. */
interface AppRoleSettings {
  path: string;
  roleIdFile?: string;
  secretIdFile?: string;
}

/** Names of the variables in the environment. */
export const SECRET_VARIABLES = {
  vaultTokenFile: 'DDC_VAULT_TOKEN_FILE',
  appRolePath: 'DDC_VAULT_APPROLE_PATH',
  roleIdFile: 'DDC_VAULT_ROLE_ID_FILE',
  secretIdFile: 'DDC_VAULT_SECRET_ID_FILE',
  secretProviderUrl: 'SECRET_PROVIDER_URL',
  secretProviderRole: 'SECRET_PROVIDER_ROLE',
  secretDir: 'DDC_SECRET_DIR',
} as const;

/** Where Kubernetes mounts a pod's token. */
export const DEFAULT_TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
export const DEFAULT_APPROLE_PATH = '/v1/auth/approle/login';

/** What the settings are given as; empty counts as absent. */
export type GivenSecretSettings = { [Name in keyof typeof SECRET_VARIABLES]?: string | undefined };

export function secretSettings(given: GivenSecretSettings): SecretSettings {
  const { roleIdFile, secretIdFile, secretProviderUrl, secretProviderRole, secretDir } = given;
  return {
    vaultTokenFile: given.vaultTokenFile || DEFAULT_TOKEN_FILE,
    appRole: {
      path: given.appRolePath || DEFAULT_APPROLE_PATH,
      ...(roleIdFile ? { roleIdFile } : {}),
      ...(secretIdFile ? { secretIdFile } : {}),
    },
    ...(secretProviderUrl ? { secretProviderUrl } : {}),
    ...(secretProviderRole ? { secretProviderRole } : {}),
    ...(secretDir ? { secretDir } : {}),
  };
}

/** The settings as the environment gives them. */
export function secretSettingsOf(env: Record<string, string | undefined>): SecretSettings {
  return secretSettings(
    Object.fromEntries(Object.entries(SECRET_VARIABLES).map(([name, variable]) => [name, env[variable]])),
  );
}
