import { isDeepStrictEqual } from 'node:util';
import type { EgressPolicy } from '../../egress/policy.ts';
import { errorLines, renderErrors, validateTransfer } from '../api/index.ts';
import type { ClauseCheck, ParseEnvironment } from '../api/index.ts';
import { property } from '../api/json.ts';
import type { AdmissionRequest, Verdict } from './review.ts';

/**
 * Whether a request brings a spec. Others are let through whatever the spec is: a resource that was right under an older
 * version must stay deletable, and the operator must be able to write about it.
 */
export function bringsSpec({ operation, subResource, object, oldObject }: AdmissionRequest): boolean {
  if (subResource) return false;
  if (operation !== 'UPDATE') return operation === 'CREATE';
  const isBeingDeleted = typeof property(property(object, 'metadata'), 'deletionTimestamp') === 'string';
  return !isBeingDeleted && !isDeepStrictEqual(property(object, 'spec'), property(oldObject, 'spec'));
}

/**
 * What the operator would say about a resource once it is stored: refused is what would be a ConfigurationError. What is
 * right but not supported (yet) is let through with a warning, as it is with a status when there is no webhook.
 */
export async function validate(
  request: AdmissionRequest,
  env: ParseEnvironment,
  check: ClauseCheck,
  egress?: EgressPolicy,
): Promise<Verdict> {
  if (!bringsSpec(request)) return { allowed: true, warnings: [] };
  const parsed = await validateTransfer(asStored(request), env, check, egress);
  if (parsed.ok) return { allowed: true, warnings: parsed.warnings };
  const { state, errors, warnings } = parsed;
  if (state === 'Fatal')
    return { allowed: true, warnings: [...errors.map((error) => renderErrors([error])), ...warnings] };
  return { allowed: false, message: renderErrors(errors), causes: errorLines(errors) };
}

/** The resource with what only a stored one has. */
function asStored({ object, name, namespace }: AdmissionRequest): unknown {
  const { apiVersion, kind, spec } = Object(object) as Record<string, unknown>;
  const metadata = { namespace: namespace || 'default', name: name || 'new', uid: 'new', generation: 1 };
  return { apiVersion, kind, metadata, spec };
}
