import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** Slices under way at once, over all workers. */
const WINDOW = 16;

/** Does all chunks in a sliding window of slices. The first slice that ends for good stops the others. */
export async function inSlices(
  { chunks, sliceSize }: { chunks: number; sliceSize: number },
  work: (slice: { from: number; to: number; summary: string }) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < chunks) {
      const from = next;
      const to = Math.min(chunks, from + sliceSize);
      next = to;
      await work({ from, to, summary: `chunks ${from + 1} to ${to} of ${chunks}` });
    }
  };
  const scope = new CancellationScope();
  const slices = Math.ceil(chunks / sliceSize);
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
