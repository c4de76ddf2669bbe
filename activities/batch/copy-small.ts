import type { Run } from '../../workflows/contract.ts';
import { convertWhole, type ConvertedAt } from './convert-whole.ts';
import type { CopyWholeResult } from './jobs.ts';
import { chunkWork, isWhole, type Plan } from './plan.ts';
import { SMALL_BYTES } from './small.ts';

/**
 * Copies and publishes at once what is small, where its plan has been made. Resolves with undefined when it is not small, and
 * when anything goes wrong: then the run's next step does it, and tells what is wrong; what has been published all the same
 * it recognises.
 */
export async function copySmall(run: Run, plan: Plan, at: ConvertedAt): Promise<CopyWholeResult | undefined> {
  if (plan.kind !== 'tabular' || !isWhole(plan)) return undefined;
  const sizes = plan.source.objects.map(({ size }) => size);
  if (sizes.reduce((sum, size) => sum + size, 0) > SMALL_BYTES) return undefined;
  try {
    const work = chunkWork(plan, 0, (key) => at.source.location(key));
    return await (await convertWhole(run, work, at)).publish();
  } catch {
    return undefined;
  }
}
