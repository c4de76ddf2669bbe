import { createHash } from 'node:crypto';
import { deleteWorkflowId } from '../../workflows/contract.ts';
import type { DeletedData, Transfer } from '../../workflows/contract.ts';
import { renderErrors } from '../api/index.ts';
import type { ParsedTransfer, ResourceStatus } from '../api/index.ts';
import type { Action, Observation, RunningReport, RunReport } from './actions.ts';
import type { Verdicts } from './conditions.ts';
import { pause, remove, withoutSchedule } from './end-schedule.ts';
import { placementOf } from './placement.ts';
import { pollDelay } from './poll.ts';
import { hasFinalizer, identityOf } from './resource.ts';
import type { TransferResource } from './resource.ts';
import { mergeObjects, published, waitReason, withConditions, without } from './run-status.ts';
import { accountForRuns } from './scheduled-runs.ts';

/** Milliseconds before a removal that gave up by itself is started again. */
const RESTART_DELAY = 30_000;

/**
 * A resource that is being deleted: its schedule starts nothing more, whatever runs is cancelled, then what the transfer
 * wrote is removed, and only when that has succeeded is the resource let go.
 */
export function reconcileDeletion(observation: Observation, runs: Record<string, RunReport>): Action[] {
  const { resource, parsed } = observation;
  const pausing = pause(observation);
  if (pausing !== undefined) return pausing;
  const accounted = accountForRuns(observation, runs, resource.status ?? {});
  const { status: present } = accounted;
  const { active } = present;
  const run: RunReport = (active !== undefined && runs[active]) || { state: 'absent' };
  const cancel: Action[] =
    active !== undefined && run.state === 'running' && !run.cancelRequested
      ? [{ type: 'cancel', workflowId: active }]
      : [];
  const removing = remove(observation, accounted);
  if (!hasFinalizer(resource)) return [...cancel, ...(removing ?? [])];
  if (parsed.noFinalizer && removing === undefined) return [...cancel, { type: 'removeFinalizer' }];
  if (active !== undefined && run.state === 'running')
    return [
      ...cancel,
      status(observation, present, ['True', 'Deleting', 'Waiting until the run has stopped.']),
      { type: 'awaitEnd', workflowId: active },
      { type: 'requeueAfter', milliseconds: 2_000 },
    ];

  if (removing !== undefined) return removing;
  const settled = settle(withoutSchedule(present), run);
  if (!mayHaveWritten(settled, runs)) return [{ type: 'removeFinalizer' }];
  if (parsed.ok) return removal(observation, parsed.transfer, settled, runs);
  if (observation.standIn) return removal(observation, observation.standIn, settled, runs);
  const message =
    'what this transfer wrote cannot be removed, because its spec is no longer valid and Temporal does not know ' +
    'its last run any more: correct the spec, or set noFinalizer: true to keep the data. ' +
    renderErrors(parsed.errors);
  return [deleteFailed(message, 1), status(observation, settled, ['False', 'DeleteFailed', message])];
}

/**
 * The run whose transfer stands in for a spec that is no longer valid, so that what it wrote can be removed;
 * undefined when none is needed or there was none.
 */
export function standIn(
  { metadata, status = {} }: TransferResource,
  parsed: ParsedTransfer,
  runs: Record<string, RunReport>,
): string | undefined {
  if (!metadata.deletionTimestamp || parsed.ok || parsed.noFinalizer) return undefined;
  const { active, lastCompleted, lastFailed } = status;
  if (active !== undefined && runs[active]?.state === 'completed') return active;
  return lastCompleted ?? active ?? lastFailed;
}

function removal(
  observation: Observation,
  transfer: Transfer,
  present: ResourceStatus,
  runs: Record<string, RunReport>,
): Action[] {
  const { resource, now } = observation;
  const workflowId = deleteWorkflowId(identityOf(resource));
  const report = runs[workflowId] ?? { state: 'absent' };
  const deleting: Verdicts['Progressing'] = ['True', 'Deleting', 'Removing what this transfer wrote.'];
  const start: Action[] = [
    status(observation, present, deleting),
    { type: 'startDelete', workflowId, input: { transfer, objects: present.objects ?? [] } },
    { type: 'awaitEnd', workflowId },
    { type: 'requeueAfter', milliseconds: pollDelay(now.toISOString(), now) },
  ];
  switch (report.state) {
    case 'deleted':
      return [...keptEvent(report.data), { type: 'removeFinalizer' }];
    case 'running': {
      const trouble = troubleOf(report);
      const failed: Verdicts['Progressing'] | undefined = trouble && [
        'False',
        'DeleteFailed',
        `Removing what this transfer wrote has failed and is tried again: ${trouble.message}`,
      ];
      // The spec has been corrected since: the removal is begun anew with what it says now.
      const outdated = (report.generation ?? transfer.generation) < transfer.generation;
      const cancel: Action[] =
        trouble && outdated && !report.cancelRequested ? [{ type: 'cancel', workflowId }] : [];
      const { taskQueue } = placementOf(transfer, observation);
      return [
        ...(trouble ? [deleteFailed(trouble.message, trouble.attempt)] : []),
        ...cancel,
        status(observation, present, failed ?? waitReason(now, taskQueue, report) ?? deleting),
        { type: 'awaitEnd', workflowId },
        { type: 'requeueAfter', milliseconds: pollDelay(report.startTime, now) },
      ];
    }
    case 'failed': {
      const due = Date.parse(report.closeTime) + RESTART_DELAY - now.getTime();
      const event = deleteFailed(report.message, 1);
      if (due <= 0) return [event, ...start];
      const failed: Verdicts['Progressing'] = ['False', 'DeleteFailed', report.message];
      return [event, status(observation, present, failed), { type: 'requeueAfter', milliseconds: due }];
    }
    default:
      return start;
  }
}

/** What the status knows when no run goes on any more. */
function settle(present: ResourceStatus, run: RunReport): ResourceStatus {
  const idle = without(present, 'active', 'hint', 'parked', 'progress', 'retry');
  if (present.active === undefined || run.state !== 'completed') return idle;
  const objects = mergeObjects(present.objects ?? [], run.result.objects);
  return { ...idle, ...published(present.active, run.result), objects };
}

/**
 * A run that ends by itself leaves nothing behind unless it has published; one that was ended from outside may
 * have left what its plan had begun. So a transfer that never got as far as a plan (no such store, no access) is let
 * go at once, though nothing at its destination can be reached.
 */
function mayHaveWritten(status: ResourceStatus, runs: Record<string, RunReport>): boolean {
  const endedFromOutside =
    Object.values(runs).some(
      (run) => (run.state === 'terminated' || run.state === 'timedOut') && run.untaken !== true,
    ) ||
    (status.conditions ?? []).some(({ reason }) => reason === 'RunTerminated' || reason === 'RunTimedOut');
  return endedFromOutside || status.destination !== undefined || (status.objects ?? []).length > 0;
}

function troubleOf(report: RunningReport): { attempt: number; message: string } | undefined {
  const failure = report.progress?.failure;
  return report.trouble ?? (failure && { attempt: failure.attempt, message: failure.message });
}

function keptEvent({ kept }: DeletedData): Action[] {
  if (kept.length === 0) return [];
  const message = `Left alone: ${kept.join('; ')}`;
  return [{ type: 'event', eventType: 'Normal', reason: 'DataKept', message, discriminator: message }];
}

/** Once per message while the attempts double: 1, 2, 4, 8 ... */
function deleteFailed(message: string, attempt: number): Action {
  const bucket = Math.floor(Math.log2(Math.max(1, attempt)));
  const discriminator = `${createHash('sha256').update(message).digest('hex')} ${bucket}`;
  return { type: 'event', eventType: 'Warning', reason: 'DeleteFailed', message, discriminator };
}

function status(
  { resource, now }: Observation,
  next: ResourceStatus,
  progressing: Verdicts['Progressing'],
): Action {
  const present = resource.status ?? {};
  const { generation } = resource.metadata;
  return {
    type: 'status',
    status: withConditions({ present, generation, now }, next, { Progressing: progressing }),
  };
}
