import { z } from 'zod';
import type { Transfer } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import { noFinalizer, withDefaults } from './defaults.ts';
import type { ParseEnvironment } from './defaults.ts';
import { describeIssue, fieldError, fieldErrors } from './errors.ts';
import type { FieldError } from './errors.ts';
import { blocksOfOthers } from './format-options.ts';
import { API_VERSION, KINDS } from './group.ts';
import { property } from './json.ts';
import { normalise } from './normalise.ts';
import { withoutNulls } from './nulls.ts';
import { runPolicy } from './run-policy.ts';
import type { RunPolicy } from './run-policy.ts';
import { batchTransferSpec } from './schema/batch-transfer.ts';
import type { Request } from './schema/request.ts';
import { storeOf } from './store.ts';
import { syncTransferSpec } from './schema/sync-transfer.ts';
import { unsupported } from './unsupported.ts';

export type ParsedTransfer =
  | { ok: true; transfer: Transfer; policy: RunPolicy; noFinalizer: boolean; warnings: string[] }
  | {
      ok: false;
      /** ConfigurationError: the resource is wrong. Fatal: it is valid but asks for what DDC cannot do (yet). */
      state: 'ConfigurationError' | 'Fatal';
      /** At least one. */
      errors: FieldError[];
      noFinalizer: boolean;
      warnings: string[];
    };

const identitySchema = z.object({
  apiVersion: z.literal(API_VERSION),
  kind: z.enum(KINDS),
  metadata: z.object({
    namespace: z.string().min(1),
    name: z.string().min(1),
    uid: z.string().min(1),
    generation: z.int().min(0),
  }),
});

/**
 * A resource as it comes from the API server -> what it asks for, in one spelling, with defaults, with references
 * to its credentials instead of the credentials; or all that is wrong with it. Never throws.
 */
export function parseTransfer(resource: unknown, env: ParseEnvironment): ParsedTransfer {
  const rawSpec = withoutNulls(property(resource, 'spec'));
  const common = { noFinalizer: noFinalizer(property(rawSpec, 'noFinalizer'), env) };

  const identity = identitySchema.safeParse(resource, { error: describeIssue });
  const read = readSpec(property(resource, 'kind'), rawSpec);
  if (!identity.success || 'issues' in read) {
    const errors = [
      ...fieldErrors(resource, [], identity.error?.issues ?? []),
      ...fieldErrors(resource, ['spec'], 'issues' in read ? read.issues : []),
    ];
    return { ok: false, state: 'ConfigurationError', errors, warnings: [], ...common };
  }

  const request = withDefaults(read, env);
  const warnings = withoutEffect(request);
  const refused = unsupported(request);
  if (refused.length > 0 || request.kind !== 'BatchTransfer')
    return { ok: false, state: 'Fatal', errors: refused, warnings, ...common };

  const transfer = normalise(identityOf(identity.data), request.spec);
  if (isSameObject(transfer)) {
    const message = 'source and destination are the same object; copy to another key or bucket';
    const errors = [fieldError(resource, ['spec', 'destination'], message)];
    return { ok: false, state: 'ConfigurationError', errors, warnings, ...common };
  }
  return { ok: true, transfer, policy: runPolicy(request.spec), warnings, ...common };
}

/** The spec as its kind's schema reads it; a resource of unknown kind is looked at as a BatchTransfer. */
function readSpec(kind: unknown, rawSpec: unknown): Request | { issues: z.core.$ZodIssue[] } {
  const options = { error: describeIssue };
  if (kind === 'SyncTransfer') {
    const { data, error } = syncTransferSpec.safeParse(rawSpec, options);
    return error === undefined ? { kind, spec: data } : { issues: error.issues };
  }
  const { data, error } = batchTransferSpec.safeParse(rawSpec, options);
  return error === undefined ? { kind: 'BatchTransfer', spec: data } : { issues: error.issues };
}

function identityOf({ apiVersion, kind, metadata }: z.output<typeof identitySchema>): TransferIdentity {
  return { apiVersion, kind, ...metadata };
}

/** Fields that are accepted, for compatibility, and do nothing. */
function withoutEffect({ spec }: Request): string[] {
  const warnings: string[] = [];
  if ('spark' in spec && spec.spark !== undefined)
    warnings.push('spec.spark has no effect: Spark is not used');
  if (spec.image !== undefined) warnings.push('spec.image has no effect: no image is started');
  // IfNotPresent is also what the API server fills in.
  if (spec.imagePullPolicy !== 'IfNotPresent')
    warnings.push('spec.imagePullPolicy has no effect: no image is started');
  for (const name of ['source', 'destination'] as const) {
    const store = storeOf(spec[name]);
    if (store?.type !== 's3') continue;
    const format = store.block.dataFormat;
    for (const other of blocksOfOthers(store.block))
      warnings.push(`spec.${name}.${store.spelling}.${other} has no effect: dataFormat is ${format}`);
  }
  return warnings;
}

function isSameObject({ source, destination }: Transfer): boolean {
  return (['endpoint', 'bucket', 'objectKey'] as const).every(
    (field) => source[field] === destination[field],
  );
}
