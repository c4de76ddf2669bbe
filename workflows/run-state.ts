import {
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  QUERY_PROGRESS,
  UPDATE_RETRY,
  type RunFailure,
  type RunPhase,
  type RunProgress,
  type Statistics,
  type Transfer,
} from './contract.ts';
import { describeProgress } from './describe.ts';
import type { RetryObserver, Wait } from './retries.ts';

const progressQuery = defineQuery<RunProgress>(QUERY_PROGRESS);
const retryUpdate = defineUpdate<void>(UPDATE_RETRY);

const DDC_STATE = defineSearchAttributeKey('DdcState', 'KEYWORD');

export interface RunState extends RetryObserver {
  readonly progress: RunProgress;
  enter(phase: RunPhase): void;
  chunksDone(chunks: number, statistics: Statistics): void;
  /** The outcome is known; what remains is tidying up. */
  ending(state: RunProgress['state'], failure?: { code: string; message: string }): void;
  end(state: RunProgress['state']): void;
}

/** What the run shows of itself: the query `progress`, the Web UI's details and the search attribute DdcState. */
export function showRunState(transfer: Transfer): RunState {
  const progress: RunProgress = {
    state: 'Running',
    phase: 'plan',
    startedAt: workflowInfo().startTime.toISOString(),
    chunksTotal: 0,
    chunksDone: 0,
    statistics: { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 },
    warnings: [],
  };
  const show = (): void => setCurrentDetails(describeProgress(transfer, progress));
  const setState = (state: RunProgress['state']): void => {
    if (state === progress.state) return;
    progress.state = state;
    upsertSearchAttributes([{ key: DDC_STATE, value: state }]);
  };
  /** Of the slices that wait for a retry; the newest is shown. */
  const waits = new Map<Wait, RunFailure>();
  const showWaits = (): void => {
    const failure = [...waits.values()].at(-1);
    if (failure === undefined) delete progress.failure;
    else progress.failure = failure;
    setState(failure === undefined ? 'Running' : 'Failed');
    show();
  };
  setHandler(progressQuery, () => progress);
  setHandler(retryUpdate, () => {
    for (const wait of waits.keys()) wait.retryNow = true;
  });
  show();
  return {
    progress,
    enter(phase) {
      progress.phase = phase;
      show();
    },
    waiting(failure) {
      const wait: Wait = {
        retryNow: false,
        end() {
          waits.delete(wait);
          showWaits();
        },
      };
      waits.set(wait, failure);
      showWaits();
      return wait;
    },
    chunksDone(chunks, statistics) {
      progress.chunksDone += chunks;
      for (const name of Object.keys(statistics) as (keyof Statistics)[])
        progress.statistics[name] += statistics[name];
      show();
    },
    ending(state, failure) {
      if (failure === undefined) delete progress.failure;
      else progress.failure = { code: failure.code, message: failure.message, attempt: 0, maxAttempts: 0 };
      setState(state);
      show();
    },
    end(state) {
      progress.phase = 'done';
      setState(state);
      show();
    },
  };
}
