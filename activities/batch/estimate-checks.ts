import type { RequestEstimate } from '../../workflows/contract/plan-report.ts';
import { DESCRIBING, sliceCount } from './estimate-requests.ts';
import { chunkCount, type Plan } from './plan.ts';

/** Of one piece of a copy byte for byte that is read on both sides: a look at the copy, and both. */
const COMPARING = 3;

/**
 * What `verify: full` adds; docs/cli.md has the same in words. A result as large as its source is assumed, and that rows
 * become one object.
 * @param replaced objects that lie at the keys to be written
 */
export function estimateFullVerification(plan: Plan, whole: boolean, replaced: number): RequestEstimate {
  const chunks = chunkCount(plan);
  const tabular = plan.kind === 'tabular';
  const written = tabular ? 1 : plan.objects.length;
  const pieces = tabular ? chunks : plan.chunks.flat().length;
  const slices = sliceCount(chunks);
  // the plan and what was published are read again where they are stored
  const loaded = whole ? 0 : 1;
  const listed = tabular && plan.destination.objects !== undefined ? 1 : 0;
  // whose list it is, how to read back, and what was replaced
  const staged = 1 + (tabular ? 1 : 0) + replaced;
  return {
    get:
      1 +
      written +
      loaded +
      listed +
      (tabular ? DESCRIBING + slices + pieces : slices * loaded + COMPARING * pieces),
    // every key where nothing is takes a listing, too; what is staged is listed until nothing is left
    put: staged + (written - replaced) + (whole ? 2 : 0),
    part: 0,
    delete: staged,
  };
}

/** What writing the receipt adds. */
export function estimateReceipt(plan: Plan, whole: boolean): RequestEstimate {
  const several =
    plan.kind === 'tabular' ? plan.destination.objects !== undefined : plan.prefix !== undefined;
  return { get: (whole ? 0 : 1) + (several ? 1 : 0), put: 1, part: 0, delete: 0 };
}

export function sumOfRequests(estimates: readonly RequestEstimate[]): RequestEstimate {
  const sum = { get: 0, put: 0, part: 0, delete: 0 };
  for (const estimate of estimates)
    for (const kind of ['get', 'put', 'part', 'delete'] as const) sum[kind] += estimate[kind];
  return sum;
}
