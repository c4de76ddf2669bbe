import { isObject, property } from '../api/json.ts';
import { withoutNulls } from '../api/nulls.ts';
import { describeStore, storeOf } from '../api/store.ts';
import type { ParseEnvironment } from '../api/index.ts';
import type { AdmissionRequest, PatchOperation } from './review.ts';

/** As in the schema. */
const MAX_DESCRIPTION = 4096;
const MAX_URL = 2048;
const MAX_ROLE = 1024;

/**
 * Defaults that are written into a valid spec: those that depend on other fields or on the operator's environment, and that
 * people look for in the resource. A second time there is nothing to write. What overrides the spec (NO_FINALIZER) and what
 * the operator adds by itself whenever it reads the resource (limits of the history) is not written.
 */
export function defaultsPatch(
  { object, oldObject }: AdmissionRequest,
  env: ParseEnvironment,
): PatchOperation[] {
  const spec = property(object, 'spec');
  const oldSpec = property(oldObject, 'spec');
  const { SECRET_PROVIDER_URL: url = '', SECRET_PROVIDER_ROLE: role = '' } = env;
  const patch: PatchOperation[] = [];
  const add = (path: string, value: string | undefined, max: number): void => {
    if (value && value.length <= max) patch.push({ op: 'add', path: `/spec/${path}`, value });
  };
  for (const name of ['source', 'destination'] as const)
    add(`${name}/description`, descriptionOf(property(spec, name), property(oldSpec, name)), MAX_DESCRIPTION);
  // Credentials in a URL are not for everyone who may read the resource.
  if (isAbsent(spec, 'secretProviderURL') && !url.includes('@')) add('secretProviderURL', url, MAX_URL);
  if (isAbsent(spec, 'secretProviderRole')) add('secretProviderRole', role, MAX_ROLE);
  return patch;
}

/** The description to write; undefined when there is one. One that was made follows the store. */
function descriptionOf(side: unknown, oldSide: unknown): string | undefined {
  const made = describe(side);
  const present = property(side, 'description') ?? undefined;
  const stale =
    present !== undefined && present === property(oldSide, 'description') && present === describe(oldSide);
  return present === undefined || (stale && present !== made) ? made : undefined;
}

function describe(value: unknown): string | undefined {
  const side = withoutNulls(value);
  if (!isObject(side)) return undefined;
  const store = storeOf(side);
  return store === undefined ? undefined : describeStore(store, side['dataAsset'] as string | undefined);
}

function isAbsent(spec: unknown, field: string): boolean {
  return (property(spec, field) ?? undefined) === undefined;
}
