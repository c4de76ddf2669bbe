import type { TransferKind } from '../../workflows/contract.ts';
import type { BatchTransferSpec } from './schema/batch-transfer.ts';
import type { Side } from './schema/side.ts';
import type { SyncTransferSpec } from './schema/sync-transfer.ts';
import { DEFAULT_HISTORY_LIMIT } from './default-values.ts';
import { describeStore, storeOf } from './store.ts';

/** The operator's environment, as far as it decides defaults of resources. */
export interface ParseEnvironment {
  SECRET_PROVIDER_URL?: string | undefined;
  SECRET_PROVIDER_ROLE?: string | undefined;
  /** A boolean: overrides `noFinalizer` of every resource. */
  NO_FINALIZER?: string | undefined;
}

/** The spec with those defaults that the schema cannot give: they depend on other fields or on the environment. */
export function withDefaults<Spec extends BatchTransferSpec | SyncTransferSpec>(
  kind: TransferKind,
  spec: Spec,
  env: ParseEnvironment,
): Spec {
  const secretProviderURL = spec.secretProviderURL ?? env.SECRET_PROVIDER_URL;
  const secretProviderRole = spec.secretProviderRole ?? env.SECRET_PROVIDER_ROLE;
  return {
    ...spec,
    ...(kind === 'BatchTransfer' ? historyLimits(spec as BatchTransferSpec) : {}),
    source: withDescription(spec.source),
    destination: withDescription(spec.destination),
    suspend: spec.suspend ?? false,
    noFinalizer: noFinalizer(spec.noFinalizer, env),
    ...(secretProviderURL === undefined ? {} : { secretProviderURL }),
    ...(secretProviderRole === undefined ? {} : { secretProviderRole }),
  };
}

/** Whether what a transfer has written outlives it. `specified` is whatever the resource says. */
export function noFinalizer(specified: unknown, env: ParseEnvironment): boolean {
  const override = env.NO_FINALIZER ?? '';
  if (/^(1|t|true)$/i.test(override)) return true;
  if (/^(0|f|false)$/i.test(override)) return false;
  return specified === true;
}

function historyLimits(spec: BatchTransferSpec): Partial<BatchTransferSpec> {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = spec;
  return {
    successfulJobHistoryLimit: spec.successfulJobHistoryLimit ?? successfulJobsHistoryLimit ?? DEFAULT_HISTORY_LIMIT,
    failedJobHistoryLimit: spec.failedJobHistoryLimit ?? failedJobsHistoryLimit ?? DEFAULT_HISTORY_LIMIT,
  };
}

function withDescription(side: Side): Side {
  const store = storeOf(side);
  return side.description === undefined && store !== undefined
    ? { ...side, description: describeStore(store, side.dataAsset) }
    : side;
}
