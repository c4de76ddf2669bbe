import { expect } from '@jest/globals';
import { deleteWorkflowId, planWorkflowId, runWorkflowId } from '../../workflows/contract.ts';
import type { RunProgress, Transfer } from '../../workflows/contract.ts';
import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import type { Action, RunReport, ScheduleReport } from '../../operator/reconcile/actions.ts';
import { reconcile } from '../../operator/reconcile/reconcile.ts';
import { FINALIZER, identityOf } from '../../operator/reconcile/resource.ts';
import type { TransferResource } from '../../operator/reconcile/resource.ts';
import { specTo } from './operator-cluster.ts';
import { NOTHING } from './operator-temporal.ts';

/** What the decisions of the operator are tried with: a resource in a situation, and what comes out. */
export const NOW = new Date('2026-01-01T00:01:00Z');

interface Situation {
  spec?: object;
  metadata?: Partial<TransferResource['metadata']>;
  status?: ResourceStatus;
  /** Of the present generation's run. */
  run?: RunReport;
  older?: RunReport;
  removal?: RunReport;
  plan?: RunReport;
  /** By workflow id. */
  runs?: Record<string, RunReport>;
  schedule?: ScheduleReport;
  /** What the older run was started for. */
  former?: Transfer | undefined;
  now?: Date;
  temporal?: 'down';
  /** That have workers. */
  regions?: string[];
}

export function resourceOf({ spec = specTo('out'), metadata = {}, status }: Situation): TransferResource {
  return {
    apiVersion: 'fybrik.io/v1',
    kind: 'BatchTransfer',
    metadata: { namespace: 'ns', name: 'copy', uid: 'u', resourceVersion: '1', generation: 2, ...metadata },
    spec,
    ...(status && { status }),
  };
}

export const RUN = runWorkflowId(identityOf(resourceOf({})));
export const OLDER = runWorkflowId({ ...identityOf(resourceOf({})), generation: 1 });
export const PLAN = planWorkflowId(identityOf(resourceOf({})));
export const REMOVAL = deleteWorkflowId(identityOf(resourceOf({})));
export const finalized = { finalizers: [FINALIZER] };
export const dry = { annotations: { 'ddc.fybrik.io/dry-run': 'true' } };
export const deleting = { ...finalized, deletionTimestamp: '2026-01-01T00:00:00Z', generation: 3 };

export function decide(situation: Situation): Action[] {
  const resource = resourceOf(situation);
  const { run, older, removal, plan } = situation;
  const runs = {
    ...(run && { [RUN]: run }),
    ...(older && { [OLDER]: older }),
    ...(removal && { [REMOVAL]: removal }),
    ...(plan && { [PLAN]: plan }),
    ...situation.runs,
  };
  return reconcile({
    resource,
    parsed: parseTransfer(resource, {}),
    runs: situation.temporal === 'down' ? undefined : runs,
    schedule: situation.schedule,
    former: situation.former,
    now: situation.now ?? NOW,
    taskQueue: 'ddc',
    regions: situation.regions,
  });
}

export const secondsAgo = (seconds: number): string => new Date(NOW.getTime() - 1000 * seconds).toISOString();
export const types = (actions: Action[]): string[] => actions.map(({ type }) => type);
export const events = (actions: Action[]): string[] =>
  actions.flatMap((action) =>
    action.type === 'event' ? [`${action.eventType} ${action.reason}: ${action.message}`] : [],
  );
export function statusOf(actions: Action[]): ResourceStatus {
  const written = actions.filter((action) => action.type === 'status');
  expect(written).toHaveLength(1);
  // as the API server will hold it
  return JSON.parse(JSON.stringify(written[0]!.status));
}
export const condition = (status: ResourceStatus, type: string) =>
  status.conditions?.find((each) => each.type === type);

export function progress(more: Partial<RunProgress> = {}): RunProgress {
  return {
    state: 'Running',
    phase: 'copy',
    startedAt: '2026-01-01T00:00:30.000Z',
    chunksTotal: 8,
    chunksDone: 3,
    statistics: { ...NOTHING, rowsRead: 30 },
    warnings: [],
    ...more,
  };
}
