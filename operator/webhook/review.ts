import { z } from 'zod';

const API_VERSION = 'admission.k8s.io/v1';

const reviewSchema = z.object({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: z.string().min(1),
    operation: z.string(),
    kind: z.object({ group: z.string(), kind: z.string() }),
    /** Absent or empty: the resource itself. */
    subResource: z.string().optional(),
    /** Empty while the API server has yet to make one of `metadata.generateName`. */
    name: z.string().optional(),
    namespace: z.string().optional(),
    object: z.unknown().optional(),
    /** Of updates. */
    oldObject: z.unknown().optional(),
  }),
});

/** What the API server asks about: a change of one resource. */
export type AdmissionRequest = z.output<typeof reviewSchema>['request'];

/** One thing wrong with the resource. */
interface Cause {
  field: string;
  message: string;
}

/** An operation of JSON Patch (RFC 6902). */
export interface PatchOperation {
  op: 'add';
  path: string;
  value: string;
}

export type Verdict =
  | { allowed: true; warnings: string[]; patch?: PatchOperation[] }
  | { allowed: false; message: string; causes: Cause[] };

/** The API server passes on so many characters of a warning. */
const MAX_WARNING = 256;

/** The request in an AdmissionReview; undefined for anything else. */
export function readReview(body: unknown): AdmissionRequest | undefined {
  return reviewSchema.safeParse(body).data?.request;
}

/** The AdmissionReview that answers a request. */
export function reviewOf({ uid, name = '', kind }: AdmissionRequest, verdict: Verdict): object {
  return { apiVersion: API_VERSION, kind: 'AdmissionReview', response: { uid, ...response() } };

  function response(): object {
    if (!verdict.allowed) {
      const { message, causes } = verdict;
      const details = {
        name,
        ...kind,
        causes: causes.map((cause) => ({ reason: 'FieldValueInvalid', ...cause })),
      };
      return {
        allowed: false,
        status: { status: 'Failure', code: 422, reason: 'Invalid', message, details },
      };
    }
    const { warnings, patch = [] } = verdict;
    return {
      allowed: true,
      ...(warnings.length === 0 ? {} : { warnings: warnings.map((text) => text.slice(0, MAX_WARNING)) }),
      ...(patch.length === 0
        ? {}
        : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
    };
  }
}
