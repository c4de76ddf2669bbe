import type { PlannedRun, Run, SliceHeartbeat, Statistics } from './contract.ts';
import type { RunControl } from './control/run-control.ts';
import { finishedOf } from './failures.ts';
import { activities } from './proxies.ts';
import type { RunState } from './run-state.ts';
import { inSlices } from './slices.ts';

/**
 * Copies all chunks. Slices that are interrupted, or fail, begin anew with the chunks that they have not finished.
 * @param copied first chunks of the slices that need not be copied any more; those that are copied are added
 */
export async function copySlices(
  run: Run,
  planned: PlannedRun,
  { state, control, copied }: { state: RunState; control: RunControl; copied: Map<number, Partly> },
  retried: <T>(step: () => Promise<T>) => Promise<T>,
): Promise<void> {
  await inSlices(planned, async ({ from, to, summary }) => {
    if (copied.get(from) === 'whole') return;
    const input = { run, plan: planned.plan, from, to };
    const copy = async (): Promise<Statistics> => {
      const before = copied.get(from);
      // it tells of these itself, as soon as it has found them in the ledger
      if (before !== undefined && before !== 'whole') state.chunksDone(-chunksOf(before), times(-1, before));
      copied.delete(from);
      try {
        return await activities.copySlice.executeWithOptions({ summary }, [input]);
      } catch (error) {
        const finished = finishedOf(error);
        if (finished !== undefined) {
          copied.set(from, finished);
          state.chunksDone(chunksOf(finished), times(1, finished));
        }
        throw error;
      }
    };
    const statistics = await retried(() => control.interruptible(copy));
    copied.set(from, 'whole');
    state.chunksDone(to - from, statistics);
  });
}

/** How much of a slice has been copied. */
export type Partly = SliceHeartbeat | 'whole';

const chunksOf = ({ bitmap }: SliceHeartbeat): number => bitmap.replaceAll('0', '').length;

function times(factor: 1 | -1, { rowsRead, rowsWritten, bytesRead, bytesWritten }: Statistics): Statistics {
  return {
    rowsRead: factor * rowsRead,
    rowsWritten: factor * rowsWritten,
    bytesRead: factor * bytesRead,
    bytesWritten: factor * bytesWritten,
  };
}
