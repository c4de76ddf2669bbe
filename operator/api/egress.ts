import type { EgressPolicy } from '../../egress/policy.ts';
import { secretProblems } from '../../egress/secret-problems.ts';
import { storeProblems } from '../../egress/store-problems.ts';
import type { Transfer } from '../../workflows/contract.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';
import { fieldError } from './errors.ts';
import type { FieldError } from './errors.ts';
import { property } from './json.ts';

/** What a transfer names and its namespace may not use, as far as it shows before names are resolved. */
export function egressErrors(resource: unknown, transfer: Transfer, policy: EgressPolicy): FieldError[] {
  const rules = policy.rulesOf(transfer.namespace);
  const at = (path: readonly PropertyKey[], field: string, message: string): FieldError =>
    fieldError(resource, [...path, ...field.split('.')], message);
  const stores = (['source', 'destination'] as const).flatMap((side) => {
    const isCos = property(property(property(resource, 'spec'), side), 'cos') !== undefined;
    const path = ['spec', side, isCos ? 'cos' : 's3'];
    return storeProblems(rules, transfer[side]).map(({ field, message }) => at(path, field, message));
  });
  const secrets = referencesIn(transfer).flatMap(({ path, sources = [] }) =>
    sources.flatMap((source) =>
      secretProblems(rules, source).map(({ field, message }) => at(path.map(asKey), field, message)),
    ),
  );
  return [...stores, ...secrets];
}

/** Wherever they are. */
function referencesIn(value: unknown): SecretReference[] {
  if (typeof value !== 'object' || value === null) return [];
  if (property(value, 'kind') === 'resource' && Array.isArray(property(value, 'path')))
    return [value as SecretReference];
  return Object.values(value).flatMap(referencesIn);
}

const asKey = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);
