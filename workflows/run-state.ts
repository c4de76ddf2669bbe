import {
  defineQuery,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { CONTROLS, type Parked } from './contract/control.ts';
import { handle } from './control/handlers.ts';
import {
  QUERY_PROGRESS,
  type RunFailure,
  type RunPhase,
  type RunProgress,
  type Statistics,
  type Transfer,
} from './contract.ts';
import { describeProgress } from './describe.ts';
import type { RetryObserver, Wait } from './retries.ts';

const progressQuery = defineQuery<RunProgress>(QUERY_PROGRESS);

const DDC_STATE = defineSearchAttributeKey('DdcState', 'KEYWORD');

export interface RunState extends RetryObserver {
  readonly progress: RunProgress;
  enter(phase: RunPhase): void;
  /** More are done; fewer, when a slice begins anew that tells of its own. */
  chunksDone(chunks: number, statistics: Statistics): void;
  /** Ends the waits for retries. @returns whether there were any */
  retryNow(): boolean;
  /** @param reason undefined: it goes on */
  paused(reason: string | undefined): void;
  /** It is Fatal, and waits for somebody who makes it work. @param parked undefined: somebody has */
  parked(parked: Parked | undefined): void;
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
  const retryNow = (): boolean => {
    for (const wait of waits.keys()) wait.retryNow = true;
    return waits.size > 0;
  };
  setHandler(progressQuery, () => progress);
  show();
  return {
    progress,
    retryNow,
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
    paused(reason) {
      if (reason === undefined) delete progress.paused;
      else progress.paused = { since: progress.paused?.since ?? new Date().toISOString(), reason };
      show();
    },
    parked(parked) {
      if (parked === undefined) {
        delete progress.parked;
        delete progress.failure;
        setState('Running');
      } else {
        progress.parked = parked;
        progress.phase = 'parked';
      }
      show();
    },
    ending(state, failure) {
      delete progress.parked;
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

/** For workflows that can be asked for nothing else: the end of a wait for the next retry. */
export function takeRetries(state: RunState): void {
  const perform = (): string => (state.retryNow() ? 'trying again now' : 'nothing waits to be tried again');
  handle<void>(CONTROLS.retry, { problem: () => undefined, perform });
}
