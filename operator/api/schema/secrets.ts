import { z } from 'zod';
import { text } from './block.ts';

const vault = z
  .strictObject({
    role: text(1024).describe('Role to log in to Vault with, by the Kubernetes auth method.'),
    secretPath: text(1024).describe(
      'Path of the secret, e.g. /v1/kubernetes-secrets/my-secret?namespace=default.',
    ),
    address: text(2048).describe('URL of the Vault server, e.g. http://vault.fybrik-system:8200.'),
    authPath: text(1024).describe('Path of the auth method, e.g. /v1/auth/kubernetes/login.'),
  })
  .describe('HashiCorp Vault secret that holds the credentials. Not supported yet.');

/** Ways to refer to credentials; every store block has them. */
export const secretFields = {
  vault: vault.optional(),
  vaultPath: text(2048)
    .optional()
    .describe(
      'Secret name to ask the secret provider for (see secretProviderURL), or a full http(s) URL. Not supported yet.',
    ),
  secretImport: text(2048)
    .optional()
    .describe(
      'Directory of mounted secret files, with optional renames: "dir;from -> to;...". Not supported yet.',
    ),
};

/** A credential in clear text: for development only. */
export const inlineSecret = (what: string) =>
  z
    .string()
    .max(65_536)
    .optional()
    .describe(`${what} Readable by everyone who may read this resource: for development only.`);
