import { describe, expect, test } from '@jest/globals';
import { deleteWorkflowId } from '../../workflows/contract.ts';
import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import type { Action, RunReport } from '../../operator/reconcile/actions.ts';
import { standIn } from '../../operator/reconcile/deletion.ts';
import { reconcile } from '../../operator/reconcile/reconcile.ts';
import { FINALIZER, identityOf } from '../../operator/reconcile/resource.ts';
import type { TransferResource } from '../../operator/reconcile/resource.ts';
import { specTo } from '../support/operator-cluster.ts';
import { NOTHING, runningReport, runResult } from '../support/operator-temporal.ts';

const NOW = new Date('2026-01-01T00:01:00Z');
const VALID = specTo('out');
const INVALID = { ...VALID, schedule: 'whenever' };
const done: ResourceStatus = { lastCompleted: 'run 1', objects: runResult(['out']).objects };

const resourceOf = (spec: object, status: ResourceStatus = done): TransferResource => ({
  apiVersion: 'fybrik.io/v1',
  kind: 'BatchTransfer',
  metadata: {
    ...{ namespace: 'ns', name: 'copy', uid: 'u', resourceVersion: '1', generation: 5 },
    ...{ finalizers: [FINALIZER], deletionTimestamp: '2026-01-01T00:00:00Z' },
  },
  spec,
  status,
});
const REMOVAL = deleteWorkflowId(identityOf(resourceOf(VALID)));

function former(spec: object): Parameters<typeof reconcile>[0]['standIn'] {
  const resource = resourceOf(spec);
  const parsed = parseTransfer({ ...resource, metadata: { ...resource.metadata, generation: 1 } }, {});
  return parsed.ok ? parsed.transfer : undefined;
}

function decide(spec: object, more: { removal?: RunReport; standIn?: object } = {}): Action[] {
  const resource = resourceOf(spec);
  return reconcile({
    resource,
    parsed: parseTransfer(resource, {}),
    runs: more.removal ? { [REMOVAL]: more.removal } : {},
    standIn: more.standIn ? former(more.standIn) : undefined,
    now: NOW,
    taskQueue: 'ddc',
  });
}

function failing(generation: number, cancelRequested = false): RunReport {
  const failure = { code: 'StoreUnavailable', message: 'no route', attempt: 1, maxAttempts: 0 };
  const progress = {
    ...{ state: 'Failed' as const, phase: 'delete' as const, startedAt: NOW.toISOString(), failure },
    ...{ chunksTotal: 0, chunksDone: 0, statistics: NOTHING, warnings: [] },
  };
  return runningReport({ generation, cancelRequested, progress });
}

const asked = (
  spec: object,
  status: ResourceStatus,
  runs: Record<string, RunReport> = {},
): string | undefined => {
  const resource = resourceOf(spec, status);
  return standIn(resource, parseTransfer(resource, {}), runs);
};

describe('a resource that is deleted while its spec is invalid', () => {
  test('is removed with what its last run was started for', () => {
    const actions = decide(INVALID, { standIn: VALID });
    expect(actions.map(({ type }) => type)).toEqual(['status', 'startDelete', 'awaitEnd', 'requeueAfter']);
    expect(actions[1]).toMatchObject({
      workflowId: REMOVAL,
      input: { transfer: { generation: 1, destination: { objectKey: 'out' } }, objects: [{ key: 'out' }] },
    });
  });

  test('asks for the run that published last', () => {
    expect(asked(INVALID, done)).toBe('run 1');
    const both = { ...done, active: 'run 2' };
    expect(asked(INVALID, both, { 'run 2': { state: 'completed', result: runResult([]) } })).toBe('run 2');
    expect(asked(INVALID, both, { 'run 2': { state: 'absent' } })).toBe('run 1');
    expect(asked(INVALID, { active: 'run 2' })).toBe('run 2');
    expect(asked(INVALID, { lastFailed: 'run 3' })).toBe('run 3');
  });

  test('asks for none where none is needed', () => {
    expect(asked(VALID, done)).toBeUndefined();
    expect(asked({ ...INVALID, noFinalizer: true }, done)).toBeUndefined();
    expect(asked(INVALID, {})).toBeUndefined();
  });
});

describe('a removal that fails', () => {
  const cancels = (actions: Action[]): boolean => actions.some(({ type }) => type === 'cancel');

  test('is ended, once, when the spec has been corrected since it began, and begun anew', () => {
    expect(cancels(decide(VALID, { removal: failing(4) }))).toBe(true);
    expect(cancels(decide(VALID, { removal: failing(4, true) }))).toBe(false);
    const removal: RunReport = { state: 'cancelled', message: '', closeTime: NOW.toISOString() };
    expect(decide(VALID, { removal }).find(({ type }) => type === 'startDelete')).toMatchObject({
      input: { transfer: { generation: 5 } },
    });
  });

  test('goes on while the spec is the one that it began with, or stands in for one', () => {
    expect(cancels(decide(VALID, { removal: failing(5) }))).toBe(false);
    expect(cancels(decide(INVALID, { removal: failing(1), standIn: VALID }))).toBe(false);
  });

  test('that does not fail is left alone', () => {
    expect(cancels(decide(VALID, { removal: runningReport({ generation: 4 }) }))).toBe(false);
  });
});
