import { z } from 'zod';
import type { Transfer } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import { noFinalizer, withDefaults } from './defaults.ts';
import type { ParseEnvironment } from './defaults.ts';
import { describeIssue, fieldError, fieldErrors } from './errors.ts';
import type { FieldError } from './errors.ts';
import { blocksOfOthers } from './format-options.ts';
import { API_VERSION, MOTION_VERSION, RESOURCE_TYPES } from './group.ts';
import { property } from './json.ts';
import { normalise } from './normalise.ts';
import { withoutNulls } from './nulls.ts';
import { runPolicy } from './run-policy.ts';
import type { RunPolicy } from './run-policy.ts';
import { batchTransferSpec } from './schema/batch-transfer.ts';
import { motionBatchTransferSpec } from './schema/motion-batch-transfer.ts';
import type { Request } from './schema/request.ts';
import { storeOf } from './store.ts';
import { streamTransferSpec, syncTransferSpec } from './schema/sync-transfer.ts';
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

const apiVersions = new Set(RESOURCE_TYPES.map(({ apiVersion }) => apiVersion));

/** A kind belongs to its group; where that is unknown, those of fybrik.io are told. */
function identitySchema(apiVersion: unknown) {
  const of = apiVersion === MOTION_VERSION ? MOTION_VERSION : API_VERSION;
  const kinds = RESOURCE_TYPES.filter((type) => type.apiVersion === of).map(({ kind }) => kind);
  return z.object({
    apiVersion: z.enum([...apiVersions]),
    kind: z.enum(kinds),
    metadata: z.object({
      namespace: z.string().min(1),
      name: z.string().min(1),
      uid: z.string().min(1),
      generation: z.int().min(0),
    }),
  });
}

/**
 * A resource as it comes from the API server -> what it asks for, in one spelling, with defaults, with references
 * to its credentials instead of the credentials; or all that is wrong with it. Never throws.
 */
export function parseTransfer(resource: unknown, env: ParseEnvironment): ParsedTransfer {
  const rawSpec = withoutNulls(property(resource, 'spec'));
  const common = { noFinalizer: noFinalizer(property(rawSpec, 'noFinalizer'), env) };

  const apiVersion = property(resource, 'apiVersion');
  const identity = identitySchema(apiVersion).safeParse(resource, { error: describeIssue });
  const read = readSpec(apiVersion, property(resource, 'kind'), rawSpec);
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

/** The spec as its type's schema reads it; a resource of unknown type is looked at as a BatchTransfer of fybrik.io. */
function readSpec(
  apiVersion: unknown,
  kind: unknown,
  rawSpec: unknown,
): Request | { issues: z.core.$ZodIssue[] } {
  const options = { error: describeIssue };
  if (kind === 'SyncTransfer' || kind === 'StreamTransfer') {
    const schema = kind === 'SyncTransfer' ? syncTransferSpec : streamTransferSpec;
    const { data, error } = schema.safeParse(rawSpec, options);
    return error === undefined ? { kind, spec: data } : { issues: error.issues };
  }
  const schema = apiVersion === MOTION_VERSION ? motionBatchTransferSpec : batchTransferSpec;
  const { data, error } = schema.safeParse(rawSpec, options);
  return error === undefined ? { kind: 'BatchTransfer', spec: data } : { issues: error.issues };
}

function identityOf({
  apiVersion,
  kind,
  metadata,
}: z.output<ReturnType<typeof identitySchema>>): TransferIdentity {
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
