import { TransferError } from '../../activities/failures.ts';
import type { PlanHints } from '../../workflows/contract.ts';

/** Attempts as a run does: an error that carries hints is a new plan with them. `plans`: the codes of these errors. */
export async function replanning<T>(
  attempt: (hints: PlanHints) => Promise<T>,
): Promise<T & { plans: string[] }> {
  const hints: PlanHints = {};
  const plans: string[] = [];
  for (;;) {
    try {
      return { ...(await attempt(hints)), plans };
    } catch (error) {
      if (!(error instanceof TransferError) || error.hints === undefined || plans.length > 5) throw error;
      plans.push(error.code);
      Object.assign(hints, error.hints, { widen: { ...hints.widen, ...error.hints.widen } });
    }
  }
}
