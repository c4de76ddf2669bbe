import { resolve } from 'node:path';
import type { ServerName } from './plan.ts';

export interface ExistingServers {
  names: ServerName[];
  /** In the words that startServers uses for its own. */
  environment: Record<string, string>;
}

/** The variables by which a server is named that runs already. */
const ADDRESSES = {
  temporal: 'DDC_TEMPORAL_ADDRESS',
  s3: 'DDC_S3_ENDPOINT',
  minio: 'DDC_MINIO_ENDPOINT',
  vault: 'DDC_VAULT_ADDR',
  // Not KUBECONFIG: that may be a cluster that just happens to be configured on the machine.
  kubernetes: 'DDC_KUBECONFIG',
} as const satisfies Record<ServerName, string>;

/**
 * Servers that the environment names by their addresses: they are used, not started and not stopped. An S3 store
 * needs its keys, in DDC_S3_ACCESS_KEY and DDC_S3_SECRET_KEY (DDC_MINIO_... for the second one); Vault
 * needs a token that may do everything, in DDC_VAULT_ROOT_TOKEN.
 */
export function existingServers(
  env: Record<string, string | undefined>,
  log: (line: string) => void,
): ExistingServers {
  const found: ExistingServers = { names: [], environment: {} };
  for (const name of Object.keys(ADDRESSES) as ServerName[]) {
    const variable = ADDRESSES[name];
    const address = env[variable];
    if (!address) continue;
    log(`${name}: ${address}, because ${variable} says so`);
    found.names.push(name);
    Object.assign(found.environment, ENVIRONMENTS[name](address, env));
  }
  return found;
}

type Env = Record<string, string | undefined>;

const ENVIRONMENTS: Record<ServerName, (address: string, env: Env) => Record<string, string>> = {
  temporal: (address) => ({ DDC_TEMPORAL_ADDRESS: address }),
  kubernetes: (address) => ({ KUBECONFIG: resolve(address) }),
  s3: (address, env) => storeEnvironment('DDC_S3', address, env),
  minio: (address, env) => storeEnvironment('DDC_MINIO', address, env),
  vault: (address, env) => vaultEnvironment(address, env['DDC_VAULT_ROOT_TOKEN']),
};

function vaultEnvironment(address: string, token: string | undefined): Record<string, string> {
  if (!token)
    throw new Error(`a Vault server is named (${address}) without its token: set DDC_VAULT_ROOT_TOKEN`);
  return { DDC_VAULT_ADDR: address, DDC_VAULT_ROOT_TOKEN: token };
}

function storeEnvironment(prefix: string, address: string, env: Env): Record<string, string> {
  const accessKey = env[`${prefix}_ACCESS_KEY`];
  const secretKey = env[`${prefix}_SECRET_KEY`];
  if (!accessKey || !secretKey)
    throw new Error(
      `an S3 store is named (${address}) without its keys: set ${prefix}_ACCESS_KEY and ${prefix}_SECRET_KEY`,
    );
  return {
    [`${prefix}_ENDPOINT`]: /^https?:\/\//.test(address) ? address : `https://${address}`,
    [`${prefix}_ACCESS_KEY`]: accessKey,
    [`${prefix}_SECRET_KEY`]: secretKey,
  };
}
