import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TemporalData } from '../../codec/temporal-data.ts';
import { withHeartbeats } from '../../operator/apply/pending-work.ts';
import { endedReport } from '../../operator/apply/temporal-errors.ts';
import { QUERY_PROGRESS, type RunProgress, type RunResult } from '../../workflows/contract.ts';

/** Milliseconds between two looks at a run. */
const PERIOD = 300;

/** How a run has ended. */
export type RunOutcome =
  { status: 'Succeeded'; result: RunResult } | { status: 'Fatal' | 'Cancelled'; error: string };

/** Waits until a run has ended, and tells how far it is meanwhile. */
export async function follow(
  run: WorkflowHandle,
  data: TemporalData,
  tell: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const ended = new AbortController();
  const outcome = outcomeOf(run).finally(() => ended.abort());
  const looking = look(run, data, tell, ended.signal);
  try {
    return await outcome;
  } finally {
    await looking;
  }
}

async function look(
  run: WorkflowHandle,
  data: TemporalData,
  tell: (progress: RunProgress) => void,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    // that it cannot be known at the moment is nothing to tell of
    const progress = await progressOf(run, data).catch(() => undefined);
    if (progress !== undefined && !ended.aborted) tell(progress);
    await delay(PERIOD, undefined, { signal: ended }).catch(() => undefined);
  }
}

async function progressOf(run: WorkflowHandle, data: TemporalData): Promise<RunProgress> {
  const progress = await run.query<RunProgress>(QUERY_PROGRESS);
  return withHeartbeats(progress, (await run.describe()).raw, data);
}

async function outcomeOf(run: WorkflowHandle): Promise<RunOutcome> {
  try {
    return { status: 'Succeeded', result: (await run.result()) as RunResult };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { state, message } = endedReport(error, '');
    if (state === 'cancelled') return { status: 'Cancelled', error: 'the run was cancelled' };
    return { status: 'Fatal', error: state === 'failed' ? message : `the run ${state}: ${message}` };
  }
}
