import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { PlanTransferInput, Run } from './contract.ts';
import type { PlanReport } from './contract/plan-report.ts';
import { runFailure, stepFailure } from './failures.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';
import { showRunState, takeRetries } from './run-state.ts';

/** What a dry run shows. It writes nothing, so that nothing is left behind however it ends. */
export async function planTransfer({ transfer }: PlanTransferInput): Promise<PlanReport> {
  const { firstExecutionRunId: runId, startTime } = workflowInfo();
  const state = showRunState(transfer);
  takeRetries(state);
  const run: Run = { transfer, runId, epoch: 0, startedAt: startTime.toISOString() };
  try {
    const report = await withRetries(() => activities.planReport({ run }), {
      maxRetries: transfer.maxFailedRetries,
      observer: state,
    });
    state.end('Succeeded');
    return report;
  } catch (error) {
    if (isCancellation(error)) {
      state.end('Cancelled');
      throw error;
    }
    const failure = error instanceof StepEnded ? error.failure : stepFailure(error);
    state.ending('Fatal', failure);
    state.end('Fatal');
    throw runFailure(failure);
  }
}
