import { describe, expect, test } from '@jest/globals';
import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import { workflowsToDescribe } from '../../operator/reconcile/reconcile.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport, runResult } from '../support/operator-temporal.ts';
import {
  NOW,
  resourceOf,
  RUN,
  OLDER,
  finalized,
  decide,
  secondsAgo,
  types,
  events,
  statusOf,
  condition,
  progress,
} from '../support/situations.ts';

describe('a spec that is to run', () => {
  test('finalizer, then the intent in the status, then the start', () => {
    const actions = decide({});
    expect(types(actions)).toEqual(['addFinalizer', 'status', 'start', 'awaitEnd', 'requeueAfter']);
    expect(statusOf(actions)).toMatchObject({
      status: 'Pending',
      active: RUN,
      observedGeneration: 2,
      sourceDescription: 's3://bucket/in.csv',
      destinationDescription: 's3://bucket/out',
    });
    expect(actions[2]).toMatchObject({
      workflowId: RUN,
      input: { previous: [], transfer: { generation: 2 } },
    });
  });

  test('noFinalizer: no finalizer, and one of before goes', () => {
    expect(types(decide({ spec: specTo('out', { noFinalizer: true }) }))[0]).toBe('status');
    const spec = specTo('out', { noFinalizer: true });
    expect(types(decide({ spec, metadata: finalized }))[0]).toBe('removeFinalizer');
  });

  test('what earlier generations wrote is handed to the run', () => {
    const objects = runResult(['old']).objects;
    const start = decide({ status: { objects, status: 'Succeeded', lastCompleted: OLDER } }).find(
      ({ type }) => type === 'start',
    );
    expect(start).toMatchObject({ input: { previous: [{ key: 'old' }] } });
  });

  test.each([
    ['succeeded', { status: 'Succeeded', lastCompleted: RUN }],
    ['is fatal', { status: 'Fatal', lastFailed: RUN }],
  ] as const)('is not started again when it %s, nor asked about', (_, status) => {
    const resource = resourceOf({ status, metadata: finalized });
    expect(workflowsToDescribe(resource, parseTransfer(resource, {}))).toEqual([]);
    expect(decide({ status, metadata: finalized })).toEqual([]);
  });

  test('one that was refused by an operator that could not do it runs when it can', () => {
    expect(types(decide({ status: { status: 'Fatal', error: 'not yet', observedGeneration: 2 } }))).toContain(
      'start',
    );
  });
});

describe('a run', () => {
  const status: ResourceStatus = { status: 'Pending', active: RUN, observedGeneration: 2 };

  test('goes on: progress, and the event of its start once', () => {
    const actions = decide({ status, metadata: finalized, run: runningReport({ progress: progress() }) });
    expect(events(actions)).toEqual([
      `Normal Started: Started ${RUN}: s3://bucket/in.csv -> s3://bucket/out`,
    ]);
    const next = statusOf(actions);
    expect(next).toMatchObject({
      status: 'Running',
      active: RUN,
      startTime: '2026-01-01T00:00:30.000Z',
      progress: { phase: 'copy', chunksDone: 3, chunksTotal: 8, percent: 37 },
      statistics: { rowsRead: 30 },
    });
    const again = decide({ status: next, metadata: finalized, run: runningReport({ progress: progress() }) });
    expect(types(again)).toEqual(['awaitEnd', 'requeueAfter']);
  });

  test('is recorded as active even when somebody wiped the status', () => {
    expect(statusOf(decide({ run: runningReport({ progress: progress() }) })).active).toBe(RUN);
  });

  test('fails and recovers: Failed with the retry, one event per attempt, then Running without them', () => {
    const failure = {
      code: 'StoreUnavailable',
      message: 'no route',
      attempt: 1,
      maxAttempts: 3,
      nextRetryTime: NOW.toISOString(),
    };
    const failed = { ...status, startTime: NOW.toISOString() };
    const run = runningReport({ progress: progress({ state: 'Failed', failure }) });
    const actions = decide({ status: failed, run });
    expect(events(actions)).toEqual(['Warning Failed: no route (retry 1 of 3 is due)']);
    const next = statusOf(actions);
    expect(next).toMatchObject({
      status: 'Failed',
      error: 'no route',
      retry: { attempt: 1, maxAttempts: 3, nextRetryTime: NOW.toISOString() },
    });
    expect(condition(next, 'Stalled')).toMatchObject({ status: 'False' });
    expect(events(decide({ status: next, run }))).toEqual([]);
    const second = runningReport({
      progress: progress({ state: 'Failed', failure: { ...failure, attempt: 2 } }),
    });
    expect(events(decide({ status: next, run: second }))).toHaveLength(1);
    const recovered = statusOf(decide({ status: next, run: runningReport({ progress: progress() }) }));
    expect(recovered.status).toBe('Running');
    expect(recovered).not.toHaveProperty('error');
    expect(recovered).not.toHaveProperty('retry');
  });

  test('that no worker takes says so after 6 s, and not before', () => {
    const late = statusOf(decide({ status, run: runningReport({ unstartedSince: secondsAgo(6) }) }));
    expect(condition(late, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'WaitingForWorker',
      message: 'Waiting for a worker on task queue ddc.',
    });
    const early = statusOf(decide({ status, run: runningReport({ unstartedSince: secondsAgo(5) }) }));
    expect(condition(early, 'Progressing')).toMatchObject({ reason: 'Running' });
  });

  test('whose progress is unknown keeps what is known', () => {
    const known = statusOf(decide({ status, run: runningReport({ progress: progress() }) }));
    expect(statusOf(decide({ status: known, run: runningReport() }))).toMatchObject({
      status: 'Running',
      progress: known.progress,
      statistics: known.statistics,
    });
  });

  test('succeeds', () => {
    const actions = decide({
      status: {
        ...status,
        startTime: NOW.toISOString(),
        error: 'before',
        retry: { attempt: 1, maxAttempts: 3 },
      },
      run: {
        state: 'completed',
        result: runResult(['out']),
        progress: progress({ phase: 'done', chunksDone: 8 }),
      },
    });
    expect(events(actions)).toEqual(['Normal Success: Ingested 2 records!']);
    const next = statusOf(actions);
    expect(next).toMatchObject({
      status: 'Succeeded',
      lastCompleted: RUN,
      lastSuccessTime: '2026-01-01T00:00:02.500Z',
      lastRecordTime: '2026-01-01T00:00:00.000Z',
      numRecords: 2,
      statistics: { rowsRead: 3, rowsWritten: 2, bytesRead: 30, bytesWritten: 20, durationSeconds: 2.5 },
      objects: [{ key: 'out' }],
      progress: { chunksTotal: 8, percent: 100 },
      source: { format: 'csv' },
      destination: { format: 'parquet' },
    });
    for (const gone of ['active', 'error', 'retry']) expect(next).not.toHaveProperty(gone);
    expect(condition(next, 'Ready')).toMatchObject({ status: 'True', reason: 'Succeeded' });
  });

  test('succeeds while no worker answers: the progress is complete all the same', () => {
    const known = statusOf(decide({ status, run: runningReport({ progress: progress() }) }));
    const next = statusOf(decide({ status: known, run: { state: 'completed', result: runResult(['out']) } }));
    expect(next.progress).toEqual({ phase: 'done', chunksDone: 8, chunksTotal: 8, percent: 100 });
  });

  test.each([
    ['failed', 'no such column x', 'no such column x'],
    ['cancelled', '', 'the run was cancelled; change the resource to run again'],
    ['terminated', '', 'the run was terminated; change the resource to run again'],
    ['timedOut', '', 'the run timed out; change the resource to run again'],
  ] as const)('%s: Fatal with the reason', (state, message, error) => {
    const started = { ...status, startTime: NOW.toISOString() };
    const actions = decide({ status: started, run: { state, message, closeTime: NOW.toISOString() } });
    expect(events(actions)).toEqual([`Warning Fatal: ${error}`]);
    const next = statusOf(actions);
    expect(next).toMatchObject({ status: 'Fatal', error, lastFailed: RUN });
    expect(next).not.toHaveProperty('active');
    expect(condition(next, 'Stalled')).toMatchObject({ status: 'True' });
  });
});

describe('a spec that changes while its predecessor runs', () => {
  const status: ResourceStatus = { status: 'Running', active: OLDER, observedGeneration: 1 };

  test('stops that run first, asking once', () => {
    const actions = decide({ status, metadata: finalized, older: runningReport() });
    expect(types(actions)).toEqual(['cancel', 'status', 'awaitEnd', 'requeueAfter']);
    expect(statusOf(actions)).toMatchObject({ status: 'Pending', active: OLDER, observedGeneration: 2 });
    expect(types(decide({ status, older: runningReport({ cancelRequested: true }) }))).not.toContain(
      'cancel',
    );
  });

  test('starts when it has ended, and what it published counts', () => {
    const actions = decide({ status, older: { state: 'completed', result: runResult(['first']) } });
    expect(actions.find(({ type }) => type === 'start')).toMatchObject({
      input: { previous: [{ key: 'first' }] },
    });
    expect(statusOf(actions)).toMatchObject({
      active: RUN,
      lastCompleted: OLDER,
      objects: [{ key: 'first' }],
      numRecords: 2,
    });
  });
});

describe('a spec that cannot run', () => {
  test('while its predecessor runs: said at once, and once', () => {
    const active: ResourceStatus = { status: 'Running', active: OLDER, observedGeneration: 1 };
    const actions = decide({ spec: specTo(''), status: active, older: runningReport() });
    expect(events(actions)).toHaveLength(1);
    const next = statusOf(actions);
    expect(next).toMatchObject({ status: 'ConfigurationError', active: OLDER });
    expect(events(decide({ spec: specTo(''), status: next, older: runningReport() }))).toEqual([]);
    const stopped = { state: 'cancelled', message: '', closeTime: NOW.toISOString() } as const;
    const end = decide({ spec: specTo(''), status: next, older: stopped });
    expect(types(end)).toEqual(['status']);
    expect(statusOf(end)).not.toHaveProperty('active');
  });

  test('is reported with all that is wrong; the event once, and nothing is started', () => {
    const spec = specTo('');
    const actions = decide({ spec });
    const next = statusOf(actions);
    expect(next).toMatchObject({ status: 'ConfigurationError', observedGeneration: 2 });
    expect(next.error).toContain('spec.destination.s3.objectKey');
    expect(events(actions)).toEqual([`Warning ConfigurationError: ${next.error}`]);
    expect(types(actions)).toEqual(['event', 'status']);
    expect(decide({ spec, status: next })).toEqual([]);
  });

  test('what is not supported yet is Fatal', () => {
    expect(statusOf(decide({ spec: specTo('out', { writeOperation: 'Update' }) }))).toMatchObject({
      status: 'Fatal',
    });
  });
});

describe('Temporal does not answer', () => {
  test('the status keeps what it was and says so', () => {
    const status: ResourceStatus = { status: 'Running', active: RUN, observedGeneration: 2, numRecords: 7 };
    const actions = decide({ status, temporal: 'down' });
    expect(types(actions)).toEqual(['status', 'retry']);
    const next = statusOf(actions);
    expect(next).toMatchObject(status);
    expect(condition(next, 'Progressing')).toMatchObject({ status: 'False', reason: 'TemporalUnavailable' });
    expect(types(decide({ status: next, temporal: 'down' }))).toEqual(['retry']);
  });
});
