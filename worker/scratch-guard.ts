import { setTimeout as delay } from 'node:timers/promises';
import { scratchUse } from '../activities/batch/scratch.ts';

const PERIOD_MS = 200;

/**
 * Looks at what is really used, until the signal is aborted: jobs reserve what they are expected to use, and some may
 * use more.
 * @param limit bytes
 * @param exceeded told the bytes of every process when together they are beyond the limit
 */
export async function guardScratch(
  directory: string,
  limit: number,
  exceeded: (used: Map<number, number>) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const used = await scratchUse(directory);
    if ([...used.values()].reduce((sum, bytes) => sum + bytes, 0) > limit) exceeded(used);
    await delay(PERIOD_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
