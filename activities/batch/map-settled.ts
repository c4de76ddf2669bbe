import pLimit from 'p-limit';

/**
 * Maps, so many at a time. After a failure no other is begun, and it rejects with that failure once none is under way any
 * more: what a step writes after it has failed, nobody would remove.
 */
export async function mapSettled<T, R>(
  items: readonly T[],
  parallel: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const limit = pLimit(parallel);
  const failures: unknown[] = [];
  const results: R[] = [];
  await Promise.all(
    items.map((item, index) =>
      limit(async () => {
        if (failures.length > 0) return;
        try {
          results[index] = await work(item, index);
        } catch (error) {
          failures.push(error);
        }
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return results;
}
