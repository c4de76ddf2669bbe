import { describe, expect, test } from '@jest/globals';
import type { ResourceStatus } from '../../operator/api/index.ts';
import type { Action, RunReport } from '../../operator/reconcile/actions.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport, runResult } from '../support/operator-temporal.ts';
import {
  RUN,
  OLDER,
  REMOVAL,
  deleting,
  decide,
  secondsAgo,
  types,
  events,
  statusOf,
  condition,
  progress,
} from '../support/situations.ts';

const done: ResourceStatus = { status: 'Succeeded', lastCompleted: RUN, objects: runResult(['out']).objects };

/** What is decided while the removal has failed so often. */
function failing(attempt: number): Action[] {
  const failure = { code: 'StoreUnavailable', message: 'no route', attempt, maxAttempts: 0 };
  const removal = runningReport({ progress: progress({ phase: 'delete', state: 'Failed', failure }) });
  return decide({ metadata: deleting, status: done, removal });
}

const ended = (state: 'terminated' | 'failed', seconds: number): RunReport => ({
  state,
  message: 'why',
  closeTime: secondsAgo(seconds),
});

describe('deletion', () => {
  test('nothing was ever written: goes at once', () => {
    expect(types(decide({ metadata: deleting }))).toEqual(['removeFinalizer']);
    const refused: ResourceStatus = { status: 'Fatal', lastFailed: OLDER, error: 'no such bucket' };
    expect(types(decide({ metadata: deleting, status: refused }))).toEqual(['removeFinalizer']);
  });

  test('of somebody else’s finalizer is not ours to decide', () => {
    expect(decide({ metadata: { ...deleting, finalizers: ['other'] }, status: done })).toEqual([]);
  });

  test('noFinalizer keeps the data', () => {
    const spec = specTo('out', { noFinalizer: true });
    expect(types(decide({ spec, metadata: deleting, status: done }))).toEqual(['removeFinalizer']);
  });

  test('waits until the run has ended', () => {
    const status: ResourceStatus = { ...done, status: 'Running', active: OLDER };
    expect(types(decide({ metadata: deleting, status, older: runningReport() }))).toEqual([
      'cancel',
      'status',
      'awaitEnd',
      'requeueAfter',
    ]);
  });

  test('removes what is recorded and what the last run published unrecorded', () => {
    const status: ResourceStatus = { ...done, active: OLDER };
    const actions = decide({
      metadata: deleting,
      status,
      older: { state: 'completed', result: runResult(['late']) },
    });
    expect(types(actions)).toEqual(['status', 'startDelete', 'awaitEnd', 'requeueAfter']);
    expect(actions[1]).toMatchObject({
      workflowId: REMOVAL,
      input: { objects: [{ key: 'out' }, { key: 'late' }] },
    });
  });

  test('what fails is said in an event, once per doubling of the attempts, and goes on', () => {
    const actions = failing(1);
    expect(events(actions)).toEqual(['Warning DeleteFailed: no route']);
    expect(condition(statusOf(actions), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'DeleteFailed',
    });
    const names = [1, 2, 3, 4].map((attempt) => failing(attempt).find(({ type }) => type === 'event'));
    expect(new Set(names.map((event) => JSON.stringify(event))).size).toBe(3);
    expect(types(actions)).not.toContain('removeFinalizer');
  });

  test('only success lets the resource go', () => {
    const removal: RunReport = { state: 'deleted', data: { deleted: ['out'], kept: [] } };
    expect(types(decide({ metadata: deleting, status: done, removal }))).toEqual(['removeFinalizer']);
  });

  test('a removal that was terminated is started again; one that gave up after a while', () => {
    expect(types(decide({ metadata: deleting, status: done, removal: ended('terminated', 0) }))).toContain(
      'startDelete',
    );
    expect(types(decide({ metadata: deleting, status: done, removal: ended('failed', 31) }))).toContain(
      'startDelete',
    );
    const soon = decide({ metadata: deleting, status: done, removal: ended('failed', 10) });
    expect(soon.at(-1)).toEqual({ type: 'requeueAfter', milliseconds: 20_000 });
  });

  test('a spec that became invalid says what to do', () => {
    const actions = decide({ spec: specTo(''), metadata: deleting, status: done });
    expect(events(actions)[0]).toMatch(/^Warning DeleteFailed: .*correct the spec, or set noFinalizer: true/);
    expect(types(actions)).not.toContain('removeFinalizer');
  });
});
