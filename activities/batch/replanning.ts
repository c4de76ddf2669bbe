import type { PlanHints } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';

/** Each widens a column or cuts better; a source that changes more often will not hold still. */
const MOST_PLANS = 20;

/** Makes a plan that fits, where no workflow does: anew with what was learned while an attempt asks for it. */
export async function replanning<T>(attempt: (hints: PlanHints) => Promise<T>): Promise<T> {
  let hints: PlanHints = {};
  for (let plans = 1; ; plans += 1)
    try {
      return await attempt(hints);
    } catch (error) {
      if (!(error instanceof TransferError) || error.class !== 'replan' || plans >= MOST_PLANS) throw error;
      hints = { ...hints, ...error.hints, widen: { ...hints.widen, ...error.hints?.widen } };
    }
}
