import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { PlannedRun, Run } from './contract.ts';
import { activities } from './proxies.ts';
import type { RunState } from './run-state.ts';

/** Slices under way at once, over all workers. */
const WINDOW = 16;

/** Copies all chunks in a sliding window of slices. The first slice that ends for good stops the others. */
export async function copySlices(
  run: Run,
  planned: PlannedRun,
  state: RunState,
  retried: <T>(step: () => Promise<T>) => Promise<T>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < planned.chunks) {
      const from = next;
      const to = Math.min(planned.chunks, from + planned.sliceSize);
      next = to;
      const summary = `chunks ${from + 1} to ${to} of ${planned.chunks}`;
      const input = { run, plan: planned.plan, from, to };
      const statistics = await retried(() => activities.copySlice.executeWithOptions({ summary }, [input]));
      state.chunksDone(to - from, statistics);
    }
  };
  const scope = new CancellationScope();
  const slices = Math.ceil(planned.chunks / planned.sliceSize);
  let first: unknown;
  const lanes = await scope.run(() =>
    Promise.allSettled(
      Array.from({ length: Math.min(WINDOW, slices) }, async () => {
        try {
          await lane();
        } catch (error) {
          // Cancelled neighbours report their cancellation; the reason is what came first.
          first ??= error;
          scope.cancel();
          throw error;
        }
      }),
    ),
  );
  if (lanes.every((result) => result.status === 'fulfilled')) return;
  const reasons = lanes.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  throw isCancellation(first) ? first : (reasons.find((reason) => !isCancellation(reason)) ?? first);
}
