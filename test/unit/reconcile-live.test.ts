import { describe, expect, test } from '@jest/globals';
import { FAILURE_CLASSES } from '../../activities/failures.ts';
import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import { hintFor } from '../../operator/reconcile/hints.ts';
import { runToRevise } from '../../operator/reconcile/revision.ts';
import type { Transfer } from '../../workflows/contract.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport, runResult } from '../support/operator-temporal.ts';
import {
  OLDER,
  RUN,
  condition,
  decide,
  events,
  finalized,
  progress,
  resourceOf,
  statusOf,
  types,
} from '../support/situations.ts';

const active = (workflowId: string): ResourceStatus => ({ status: 'Running', active: workflowId });
const told = (actions: ReturnType<typeof decide>) =>
  actions.flatMap((action) => (action.type === 'tell' ? [[action.workflowId, action.what]] : []));

/** What a spec asks for, as an earlier generation of the resource. */
function formerOf(spec: object): Transfer {
  const parsed = parseTransfer(resourceOf({ spec, metadata: { generation: 1 } }), {});
  if (!parsed.ok) throw new Error('not a spec');
  return parsed.transfer;
}

describe('a run that is parked', () => {
  const parked = { since: '2026-01-01T00:00:50.000Z', until: '2026-01-02T00:00:50.000Z' };
  const failure = { code: 'BucketNotFound', message: 'no bucket', attempt: 0, maxAttempts: 0 };
  const run = runningReport({ progress: progress({ state: 'Fatal', phase: 'parked', failure, parked }) });
  const first = statusOf(decide({ status: active(RUN), metadata: finalized, run }));
  const touched = (value: string) => ({ ...finalized, annotations: { touched: value } });

  test('is Fatal with the reason, a hint, and what is done; its workflow stays known', () => {
    expect(first).toMatchObject({
      status: 'Fatal',
      active: RUN,
      error: 'no bucket',
      hint: expect.stringContaining('Create the bucket'),
      parked,
      progress: { phase: 'parked', chunksDone: 3, chunksTotal: 8 },
    });
    expect(condition(first, 'Stalled')).toMatchObject({ status: 'True', reason: 'Parked' });
    expect(condition(first, 'Progressing')).toMatchObject({
      status: 'False',
      message: expect.stringContaining(parked.until),
    });
    expect(first).not.toHaveProperty('lastFailed');
  });

  test('tells it once', () => {
    expect(events(decide({ status: active(RUN), metadata: finalized, run }))).toContain(
      'Warning Fatal: no bucket',
    );
    const again = decide({ status: first, metadata: finalized, run });
    expect(types(again)).toEqual(['requeueAfter']);
    // nobody answers at the moment
    expect(types(decide({ status: first, metadata: finalized, run: runningReport() }))).toEqual([
      'requeueAfter',
    ]);
  });

  test('goes on when labels or annotations change, once for each change', () => {
    const actions = decide({ status: first, metadata: touched('1'), run });
    expect(told(actions)).toEqual([[RUN, { name: 'retry', argument: { parkedSince: parked.since } }]]);
    // told before it is noted: an operator that dies between the two tells it again
    expect(types(actions).indexOf('tell')).toBeLessThan(types(actions).indexOf('status'));
    const noted = statusOf(actions);
    const asked = { ...finalized, annotations: { 'ddc.fybrik.io/run-now': 'x' } };
    // it is the run that was asked for
    expect(statusOf(decide({ status: first, metadata: asked, run })).runNow).toEqual({ value: 'x' });
    expect(told(decide({ status: noted, metadata: touched('1'), run }))).toEqual([]);
    expect(told(decide({ status: noted, metadata: touched('2'), run }))).toHaveLength(1);
    expect(told(decide({ status: first, metadata: { ...finalized, labels: { a: 'b' } }, run }))).toHaveLength(
      1,
    );
  });

  test('does not go on because of what kubectl apply notes, nor when it is to be cancelled', () => {
    const applied = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    expect(told(decide({ status: first, metadata: { ...finalized, annotations: applied }, run }))).toEqual(
      [],
    );
    const metadata = { ...finalized, annotations: { 'ddc.fybrik.io/cancel': '1' } };
    const actions = decide({ status: first, metadata, run });
    expect(told(actions)).toEqual([]);
    expect(types(actions)).toContain('cancel');
  });

  test('is Running again, without what was said of it', () => {
    const going = decide({
      status: first,
      metadata: finalized,
      run: runningReport({ progress: progress() }),
    });
    expect(statusOf(going)).toMatchObject({ status: 'Running', active: RUN });
    for (const field of ['parked', 'hint', 'error']) expect(statusOf(going)).not.toHaveProperty(field);
  });
});

describe('a spec that changes while a run goes on', () => {
  const older = runningReport({ progress: progress() });
  const limited = specTo('out', { limits: { bandwidth: '1Mi' }, maxFailedRetries: 9, paused: true });

  test('what it copies stays: the run is told, goes on under its id, and is the run of this generation', () => {
    const actions = decide({
      status: active(OLDER),
      metadata: finalized,
      spec: limited,
      older,
      former: formerOf(specTo('out')),
    });
    const argument = {
      transfer: expect.objectContaining({ generation: 2, maxFailedRetries: 9 }),
      paused: true,
    };
    expect(told(actions)).toEqual([[OLDER, { name: 'revise', argument }]]);
    const status = statusOf(actions);
    expect(status).toMatchObject({
      status: 'Running',
      active: OLDER,
      observedGeneration: 2,
      revised: { workflowId: OLDER, generation: 2 },
    });

    const again = decide({ status, metadata: finalized, spec: limited, older });
    expect(told(again)).toEqual([]);
    expect(types(again)).not.toContain('cancel');

    const resource = resourceOf({ status, spec: limited });
    expect(runToRevise(resource, parseTransfer(resource, {}), { [OLDER]: older })).toBeUndefined();

    const result = runResult(['out']);
    const succeeded = statusOf(
      decide({ status, metadata: finalized, spec: limited, older: { state: 'completed', result } }),
    );
    expect(succeeded).toMatchObject({ status: 'Succeeded', lastCompleted: OLDER });
    expect(decide({ status: succeeded, metadata: finalized, spec: limited })).toEqual([]);
  });

  test.each([
    ['it copies something else', { former: formerOf(specTo('elsewhere')) }],
    ['nobody knows what it was started for', { former: undefined }],
    ['it is being ended', { former: formerOf(specTo('out')), older: { ...older, cancelRequested: true } }],
    [
      'its outcome is known',
      { former: formerOf(specTo('out')), older: runningReport({ progress: progress({ state: 'Fatal' }) }) },
    ],
  ])('%s: it is stopped first', (_, situation) => {
    const actions = decide({
      status: active(OLDER),
      metadata: finalized,
      spec: limited,
      older,
      ...situation,
    });
    expect(told(actions)).toEqual([]);
    expect(condition(statusOf(actions), 'Progressing')).toMatchObject({ reason: 'StoppingPreviousRun' });
  });

  test('credentials in another place are no other copy, keys of transformations are', () => {
    const s3 = (more: object) => ({
      s3: {
        endpoint: 'http://localhost:9000',
        bucket: 'bucket',
        objectKey: 'out',
        dataFormat: 'parquet',
        ...more,
      },
    });
    const inline = specTo('out', { destination: s3({ accessKey: 'a', secretKey: 's' }) });
    const referred = specTo('out', { destination: s3({ secretImport: 'other', addressing: 'path' }) });
    const situation = { status: active(OLDER), metadata: finalized, older };
    expect(told(decide({ ...situation, spec: referred, former: formerOf(inline) }))).toHaveLength(1);
    const moved = specTo('out', { destination: s3({ secretImport: 'other', region: 'eu' }) });
    expect(told(decide({ ...situation, spec: moved, former: formerOf(inline) }))).toEqual([]);
    const salted = (options: object) =>
      specTo('out', { transformation: [{ action: 'DigestColumns', columns: ['a'], options }] });
    const inOptions = salted({ algo: 'sha256', key: 'k' });
    expect(told(decide({ ...situation, spec: inOptions, former: formerOf(inOptions) }))).toEqual([]);
    const elsewhere = salted({ algo: 'sha256', secretImport: 'keys' });
    expect(told(decide({ ...situation, spec: elsewhere, former: formerOf(elsewhere) }))).toHaveLength(1);
  });
});

test('for every failure that does not pass by itself there is a hint', () => {
  const codes = Object.entries(FAILURE_CLASSES).flatMap(([code, what]) => (what === 'replan' ? [] : [code]));
  expect(codes.filter((code) => hintFor(code) === undefined)).toEqual(['Internal']);
});

describe('a run that is paused', () => {
  test('is Running and says why nothing happens', () => {
    const paused = { since: '2026-01-01T00:00:50.000Z', reason: 'spec.paused is true' };
    const run = runningReport({ progress: progress({ paused }), unstartedSince: '2026-01-01T00:00:00Z' });
    const status = statusOf(decide({ status: active(RUN), metadata: finalized, run }));
    expect(status.status).toBe('Running');
    expect(condition(status, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'Paused',
      message: expect.stringContaining('spec.paused is true'),
    });
  });

  test('begins so', () => {
    const start = (spec: object) => decide({ spec }).find(({ type }) => type === 'start');
    expect(start(specTo('out', { paused: true }))).toMatchObject({ input: { paused: true } });
    expect(start(specTo('out'))).not.toHaveProperty('input.paused');
  });
});

describe('the annotation that cancels', () => {
  const cancel = (value: string) => ({ ...finalized, annotations: { 'ddc.fybrik.io/cancel': value } });
  const run = runningReport({ progress: progress() });

  test('ends the run that goes on, once for each value', () => {
    const actions = decide({ status: active(RUN), metadata: cancel('1'), run });
    expect(types(actions).filter((type) => ['cancel', 'status'].includes(type))).toEqual([
      'cancel',
      'status',
    ]);
    const status = statusOf(actions);
    expect(status.cancel).toEqual({ value: '1' });
    expect(types(decide({ status, metadata: cancel('1'), run }))).not.toContain('cancel');
    expect(types(decide({ status, metadata: cancel('2'), run }))).toContain('cancel');
  });

  test('is not meant for a run that starts later', () => {
    const started = statusOf(decide({ metadata: cancel('1') }));
    expect(started.cancel).toEqual({ value: '1' });
    expect(types(decide({ status: started, metadata: cancel('1'), run }))).not.toContain('cancel');
  });

  test('why it was cancelled is told', () => {
    const ended = {
      state: 'cancelled' as const,
      message: '',
      reason: 'not needed',
      closeTime: '2026-01-01T00:00:59Z',
    };
    const status = statusOf(decide({ status: active(RUN), metadata: finalized, run: ended }));
    expect(status.error).toBe('the run was cancelled (not needed); change the resource to run again');
  });
});
