import { z } from 'zod';
import { certificateProblems } from '../checks/certificates.ts';
import {
  ciphertextProblems,
  pathProblems,
  vaultAddressProblems,
  vaultPathProblems,
} from '../checks/secret-address.ts';
import { secretImportProblems } from '../checks/secret-import.ts';
import { any, has } from '../rules.ts';
import { block, text } from './block.ts';

const vault = block({
  role: text(1024).describe('Role to log in to Vault with.'),
  secretPath: text(1024, pathProblems).describe(
    'Path of the secret, e.g. /v1/secret/data/my-secret (KV version 2) or /v1/kubernetes-secrets/my-secret?namespace=default.',
  ),
  address: text(2048, vaultAddressProblems).describe(
    'URL of the Vault server, e.g. http://vault.fybrik-system:8200.',
  ),
  authPath: text(1024, pathProblems).describe(
    'Path to log in at, e.g. /v1/auth/kubernetes/login: of an auth method that takes a role and the service account token of the worker (Kubernetes, JWT), or of AppRole as the worker is told.',
  ),
  ciphertext: text(8192, ciphertextProblems)
    .optional()
    .describe(
      'A data key that the transit engine has wrapped, vault:v1:...; secretPath is then where to have it unwrapped, e.g. /v1/transit/decrypt/my-key. It is found as key.',
    ),
  namespace: text(1024).optional().describe('Vault namespace (Vault Enterprise, HCP).'),
  caCertificate: text(32_768, certificateProblems)
    .optional()
    .describe(
      "Certificates in PEM of the authorities that the server's certificate comes from, trusted besides the generally known ones.",
    ),
}).describe(
  'Secret in HashiCorp Vault. The keys found there count as if they stood in this block; what stands in it wins.',
);

/** Ways to refer to secret values; every block that may hold some has them. */
export const secretFields = {
  vault: vault.optional(),
  vaultPath: text(2048, vaultPathProblems)
    .optional()
    .describe(
      'Name of a secret to ask the secret provider for (see secretProviderURL), or a full http(s) URL that answers with its keys. Keys of vault win.',
    ),
  secretImport: text(2048, secretImportProblems)
    .optional()
    .describe(
      'Directory of secret files that are mounted in the worker, with optional renames: "dir;from -> to;...". Their names are the keys. Keys of vault and vaultPath win.',
    ),
};

/** A block with these fields refers to secret values. */
export const refersToSecrets = any(has('vault'), has('vaultPath'), has('secretImport'));

/** The same in a block whose other fields are not known here. */
export const secretReferences = z.object(secretFields);

export type SecretFields = z.output<typeof secretReferences>;

/** A credential in clear text: for development only. */
export const inlineSecret = (what: string) =>
  z
    .string()
    .max(65_536)
    .optional()
    .describe(`${what} Readable by everyone who may read this resource: for development only.`);
