import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseEndpointPattern } from './hosts.ts';
import type { EgressRules } from './rules.ts';

const patterns = z.array(z.string().min(1)).optional();
const endpoints = z
  .array(
    z.string().refine((text) => parseEndpointPattern(text) !== undefined, {
      error:
        'must be like s3.example.com, *.example.com:443, 10.0.0.0/8, 10.0.0.0/8:9000 or [fd00::/8]:9000, without a scheme',
    }),
  )
  .optional();

const namespaceSchema = z.strictObject({
  endpoints,
  buckets: patterns,
  vaultAddresses: patterns,
  vaultNamespaces: z.array(z.string()).optional(),
  vaultAuthPaths: patterns,
  vaultRoles: patterns,
  secretPaths: patterns,
  secretProviders: patterns,
  secretProviderRoles: patterns,
  secretNames: patterns,
  secretImports: patterns,
  exceptions: patterns,
} satisfies Record<keyof Omit<EgressRules, 'namespace'>, z.ZodType>);

const schema = z.strictObject({
  namespaces: z.record(z.string(), namespaceSchema, { error: 'must hold the rules of each namespace' }),
});

/** The rules of every Kubernetes namespace. */
export interface EgressPolicy {
  rulesOf(namespace: string): EgressRules;
}

/** Without a configuration: everything but link-local addresses and metadata services. */
export const OPEN_POLICY: EgressPolicy = { rulesOf: (namespace) => ({ namespace }) };

/**
 * The policy of a YAML file: the rules of the namespace, else those of `*`, else nothing is allowed.
 * @param file absent: OPEN_POLICY
 * @throws Error that names the file, the field and what would be right
 */
export async function openEgressPolicy(file: string | undefined): Promise<EgressPolicy> {
  if (!file) return OPEN_POLICY;
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`DDC_EGRESS_POLICY: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  });
  return policyOf(content, file);
}

function policyOf(content: string, file: string): EgressPolicy {
  const { data, error } = schema.safeParse(parsed(content, file));
  if (error) {
    const lines = error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new Error(`DDC_EGRESS_POLICY: ${file}: ${lines.join('; ')}`);
  }
  const all = new Map(Object.entries(data.namespaces));
  return {
    rulesOf(namespace) {
      const rules = all.get(namespace) ?? all.get('*') ?? NOTHING;
      const given = Object.entries(rules).filter(([, list]) => list !== undefined);
      return { namespace, ...Object.fromEntries(given) };
    },
  };
}

const NOTHING = {
  endpoints: [],
  buckets: [],
  vaultAddresses: [],
  secretProviders: [],
  secretImports: [],
};

function parsed(content: string, file: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    throw new Error(
      `DDC_EGRESS_POLICY: ${file} is not valid YAML: ${(error as Error).message.split('\n')[0]}`,
      {
        cause: error,
      },
    );
  }
}
