import type { Transfer } from '../../workflows/contract.ts';
import { targetPrefix } from './target.ts';

/** Of the source: such a copy is over sooner than a step of its own would begin. */
export const SMALL_BYTES = 2 ** 20;

/**
 * Whether the result goes to the very key that the resource names, what is there need not be kept, and the result is not to be
 * taken back after publish.
 */
export function mayBeSmall({ verify, writeOperation, keepGenerations = 1, destination }: Transfer): boolean {
  if (keepGenerations > 1) return false;
  return verify !== 'full' && writeOperation === 'Overwrite' && targetPrefix(destination) === undefined;
}
