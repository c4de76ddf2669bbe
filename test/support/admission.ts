import type { Verdict } from '../../operator/webhook/review.ts';

type Fields = Record<string, unknown>;

/** An AdmissionReview as the API server sends it for a BatchTransfer that is created. */
export function review(request: object): Fields {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'request-1',
      operation: 'CREATE',
      kind: { group: 'fybrik.io', version: 'v1', kind: 'BatchTransfer' },
      name: 'copy',
      namespace: 'ns',
      oldObject: null,
      ...request,
    },
  };
}

/** The resource with the patch of a verdict (JSON Patch, `add` of fields only). */
export function applied(resource: Fields, verdict: Verdict): Fields {
  const result = structuredClone(resource);
  for (const { path, value } of verdict.allowed ? (verdict.patch ?? []) : []) {
    const names = path.slice(1).split('/');
    const field = names.pop()!;
    let at = result;
    for (const name of names) at = at[name] as Fields;
    at[field] = value;
  }
  return result;
}
