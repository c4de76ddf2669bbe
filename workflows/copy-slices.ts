import type { PlannedRun, Run } from './contract.ts';
import { activities } from './proxies.ts';
import type { RunState } from './run-state.ts';
import { inSlices } from './slices.ts';

/** Copies all chunks. */
export async function copySlices(
  run: Run,
  planned: PlannedRun,
  state: RunState,
  retried: <T>(step: () => Promise<T>) => Promise<T>,
): Promise<void> {
  await inSlices(planned, async ({ from, to, summary }) => {
    const input = { run, plan: planned.plan, from, to };
    const statistics = await retried(() => activities.copySlice.executeWithOptions({ summary }, [input]));
    state.chunksDone(to - from, statistics);
  });
}
