import { DEFAULT_HISTORY_LIMIT } from './default-values.ts';
import type { BatchTransferSpec } from './schema/batch-transfer.ts';
import type { Request } from './schema/request.ts';
import type { Side } from './schema/side.ts';
import { describeStore, storeOf } from './store.ts';

/** The operator's environment, as far as it decides defaults of resources. */
export interface ParseEnvironment {
  SECRET_PROVIDER_URL?: string | undefined;
  SECRET_PROVIDER_ROLE?: string | undefined;
  /** A boolean: overrides `noFinalizer` of every resource. */
  NO_FINALIZER?: string | undefined;
}

/** The request with those defaults that the schema cannot give: they depend on other fields or on the environment. */
export function withDefaults(request: Request, env: ParseEnvironment): Request {
  if (request.kind !== 'BatchTransfer')
    return { ...request, spec: { ...request.spec, ...commonDefaults(request.spec, env) } };
  const { spec } = request;
  return { ...request, spec: { ...spec, ...commonDefaults(spec, env), ...historyLimits(spec) } };
}

/** Whether what a transfer has written outlives it. `specified` is whatever the resource says. */
export function noFinalizer(specified: unknown, env: ParseEnvironment): boolean {
  const override = env.NO_FINALIZER ?? '';
  if (/^(1|t|true)$/i.test(override)) return true;
  if (/^(0|f|false)$/i.test(override)) return false;
  return specified === true;
}

function commonDefaults(spec: Request['spec'], env: ParseEnvironment) {
  const secretProviderURL = spec.secretProviderURL ?? (env.SECRET_PROVIDER_URL || undefined);
  const secretProviderRole = spec.secretProviderRole ?? (env.SECRET_PROVIDER_ROLE || undefined);
  return {
    source: withDescription(spec.source),
    destination: withDescription(spec.destination),
    suspend: spec.suspend ?? false,
    noFinalizer: noFinalizer(spec.noFinalizer, env),
    ...(secretProviderURL === undefined ? {} : { secretProviderURL }),
    ...(secretProviderRole === undefined ? {} : { secretProviderRole }),
  };
}

function historyLimits(spec: BatchTransferSpec) {
  return {
    successfulJobHistoryLimit:
      spec.successfulJobHistoryLimit ?? spec.successfulJobsHistoryLimit ?? DEFAULT_HISTORY_LIMIT,
    failedJobHistoryLimit: spec.failedJobHistoryLimit ?? spec.failedJobsHistoryLimit ?? DEFAULT_HISTORY_LIMIT,
  };
}

function withDescription(side: Side): Side {
  const store = storeOf(side);
  return side.description === undefined && store !== undefined
    ? { ...side, description: describeStore(store, side.dataAsset) }
    : side;
}
