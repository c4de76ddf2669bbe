import type { PublishedRun } from '../../workflows/contract.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import type { CopyWholeResult } from './jobs.ts';
import { wholeKey, type Plan } from './plan.ts';
import { wholeRun } from './put-whole.ts';
import { verifyRun } from './verify-run.ts';

/** What a run of one chunk and one object has published; VerificationFailed as in verifyRun. */
export function publishedWhole(
  store: Pick<ObjectStore, 'endpoint' | 'bucket'>,
  plan: Plan,
  result: CopyWholeResult,
): PublishedRun {
  const published = wholeRun(store, wholeKey(plan), result);
  const { statistics, checksums } = result;
  if (plan.kind !== 'tabular' || checksums === undefined) return published;
  return { ...published, checksums: verifyRun(plan, [{ chunk: 0, ...statistics, checksums }]).checksums };
}
