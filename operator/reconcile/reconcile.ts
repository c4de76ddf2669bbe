import { isDeepStrictEqual } from 'node:util';
import { deleteWorkflowId, runWorkflowId } from '../../workflows/contract.ts';
import type { Transfer } from '../../workflows/contract.ts';
import { renderErrors } from '../api/index.ts';
import type { ParsedTransfer, ResourceStatus } from '../api/index.ts';
import type { Action, EndedReport, Observation, RunningReport, RunReport } from './actions.ts';
import { reconcileDeletion } from './deletion.ts';
import { isPlanId, isPlanned, planOfDryRun, reconcileDryRun } from './dry-run.ts';
import { pollDelay } from './poll.ts';
import { hasFinalizer, identityOf } from './resource.ts';
import type { TransferResource } from './resource.ts';
import {
  MAX_ERROR_LENGTH,
  fatalStatus,
  intendedStatus,
  published,
  retryDue,
  runningStatus,
  succeededStatus,
  warnings,
  withConditions,
  without,
} from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/** The workflow ids that Temporal has to be asked about before `reconcile` can decide. */
export function workflowsToDescribe(resource: TransferResource, parsed: ParsedTransfer): string[] {
  const ids = new Set<string>();
  if (resource.status?.active) ids.add(resource.status.active);
  if (resource.metadata.deletionTimestamp) {
    if (hasFinalizer(resource)) ids.add(deleteWorkflowId(identityOf(resource)));
  } else if (parsed.ok && !isSettled(resource)) {
    ids.add(runWorkflowId(identityOf(resource)));
    const plan = planOfDryRun(resource);
    if (plan !== undefined && !isPlanned(resource, plan)) ids.add(plan);
  }
  return [...ids];
}

/**
 * Decides what to do about one resource. Pure: the same observation gives the same actions, so that an operator that
 * stopped between any two actions continues where it was.
 *
 * A run is recorded in `status.active` before it is started, by a write that fails when the resource has changed
 * since it was seen: so every run that may exist is known to the status, and at most one is not closed.
 */
export function reconcile(observation: Observation): Action[] {
  const actions = observation.runs ? decide(observation, observation.runs) : temporalUnavailable(observation);
  // Before a start the status is written even when it says so already: the write fails if somebody else was faster.
  const starts = actions.some(({ type }) => type.startsWith('start'));
  const { status } = observation.resource;
  return actions.filter((action) => action.type !== 'status' || starts || differs(action.status, status));
}

function decide(observation: Observation, runs: Record<string, RunReport>): Action[] {
  const { resource, parsed } = observation;
  if (resource.metadata.deletionTimestamp) return reconcileDeletion(observation, runs);
  const unneeded: Action[] =
    parsed.noFinalizer && hasFinalizer(resource) ? [{ type: 'removeFinalizer' }] : [];
  const present = resource.status ?? {};
  const current = runWorkflowId(identityOf(resource));
  if ([undefined, current, planOfDryRun(resource)].includes(present.active))
    return [...unneeded, ...decideCurrent(observation, runs, present)];

  const active = present.active!;
  const older = runs[active] ?? { state: 'absent' };
  if (older.state === 'running') return [...unneeded, ...stopOlder(observation, active, older)];
  const idle = { ...without(present, 'active'), ...outcome(active, older) };
  return [...unneeded, ...decideCurrent(observation, runs, idle)];
}

/** @param present the status with what older runs have left already accounted for */
function decideCurrent(
  observation: Observation,
  runs: Record<string, RunReport>,
  present: ResourceStatus,
): Action[] {
  const { resource, parsed } = observation;
  if (!parsed.ok) return refuse(observation, parsed, present);
  if (isSettled(resource)) return [];
  const context = contextOf(observation, parsed.transfer, present);
  const { workflowId, now } = context;
  const report = runs[workflowId] ?? { state: 'absent' };
  const plan = planOfDryRun(resource);
  if (plan !== undefined && report.state === 'absent') {
    if (isPlanned(resource, plan)) return [];
    return reconcileDryRun({ ...context, workflowId: plan }, runs[plan] ?? { state: 'absent' });
  }
  const watched: Action[] = [{ type: 'awaitEnd', workflowId }];
  switch (report.state) {
    case 'absent': {
      const needed: Action[] = parsed.noFinalizer || hasFinalizer(resource) ? [] : [{ type: 'addFinalizer' }];
      const input = { transfer: parsed.transfer, previous: present.objects ?? [] };
      return [
        ...needed,
        { type: 'status', status: intendedStatus(context) },
        { type: 'start', workflowId, input },
        ...watched,
        { type: 'requeueAfter', milliseconds: pollDelay(now.toISOString(), now) },
      ];
    }
    case 'running': {
      const status = runningStatus(context, report);
      return [
        ...startedEvent(context),
        ...failedEvent(context, status),
        { type: 'status', status },
        ...watched,
        { type: 'requeueAfter', milliseconds: pollDelay(report.startTime, now) },
      ];
    }
    case 'completed': {
      const message = `Ingested ${report.result.statistics.rowsWritten} records!`;
      return [
        ...startedEvent(context),
        { type: 'event', eventType: 'Normal', reason: 'Success', message, discriminator: workflowId },
        { type: 'status', status: succeededStatus(context, report) },
      ];
    }
    case 'deleted':
    case 'planned':
      return [];
    default: {
      const [reason, message] = fatalEnd(report);
      return [
        ...startedEvent(context),
        { type: 'event', eventType: 'Warning', reason: 'Fatal', message, discriminator: workflowId },
        { type: 'status', status: fatalStatus(context, reason, message, report.progress) },
      ];
    }
  }
}

function fatalEnd({ state, message }: EndedReport): [reason: string, message: string] {
  const again = 'change the resource to run again';
  const ends: Record<EndedReport['state'], [string, string]> = {
    failed: ['RunFailed', message],
    cancelled: ['RunCancelled', `the run was cancelled; ${again}`],
    terminated: ['RunTerminated', `the run was terminated; ${again}`],
    timedOut: ['RunTimedOut', `the run timed out; ${again}`],
  };
  return ends[state];
}

/** The spec has changed while a run of its predecessor goes on: that run has to end first. */
function stopOlder(observation: Observation, workflowId: string, report: RunningReport): Action[] {
  const { resource, parsed, now } = observation;
  const present = resource.status ?? {};
  const kept = without(present, 'error', 'progress', 'retry');
  const former = isPlanId(workflowId) ? 'the plan' : 'the run of the previous spec';
  const status = withConditions(
    { present, generation: resource.metadata.generation, now },
    {
      ...kept,
      status: parsed.ok ? 'Pending' : parsed.state,
      ...(!parsed.ok && { error: renderErrors(parsed.errors).slice(0, MAX_ERROR_LENGTH) }),
    },
    {
      Ready: ['False', 'Pending', `The resource has changed; ${former} is being stopped.`],
      Progressing: ['True', 'StoppingPreviousRun', `Waiting until ${former} has stopped.`],
      Stalled: ['False', 'Pending', ''],
    },
  );
  return [
    ...(parsed.ok ? [] : refusedEvent(resource, parsed, present)),
    ...(report.cancelRequested ? [] : [{ type: 'cancel', workflowId } as const]),
    { type: 'status', status },
    { type: 'awaitEnd', workflowId },
    { type: 'requeueAfter', milliseconds: 2_000 },
  ];
}

/** What the status keeps of a run whose spec is no longer the present one. */
function outcome(workflowId: string, report: RunReport): Partial<ResourceStatus> {
  if (report.state === 'completed') return published(workflowId, report.result);
  return report.state === 'failed' && !isPlanId(workflowId) ? { lastFailed: workflowId } : {};
}

function refuse(
  { resource, now }: Observation,
  parsed: Extract<ParsedTransfer, { ok: false }>,
  present: ResourceStatus,
): Action[] {
  const kept = without(present, 'active', 'progress', 'retry');
  const generation = resource.metadata.generation;
  const error = renderErrors(parsed.errors).slice(0, MAX_ERROR_LENGTH);
  const reason = parsed.state === 'Fatal' ? 'Unsupported' : 'ConfigurationError';
  const status = withConditions(
    { present, generation, now },
    { ...kept, status: parsed.state, error, warnings: warnings(parsed.warnings) },
    {
      Ready: ['False', reason, error],
      Progressing: ['False', reason, 'Nothing is being done; change the resource to run it.'],
      Stalled: ['True', reason, error],
    },
  );
  return [...refusedEvent(resource, parsed, present), { type: 'status', status }];
}

/** Once per generation and error. */
function refusedEvent(
  resource: TransferResource,
  parsed: Extract<ParsedTransfer, { ok: false }>,
  present: ResourceStatus,
): Action[] {
  const { generation } = resource.metadata;
  const message = renderErrors(parsed.errors).slice(0, MAX_ERROR_LENGTH);
  const { status, error, observedGeneration } = present;
  if (status === parsed.state && error === message && observedGeneration === generation) return [];
  return [{ type: 'event', eventType: 'Warning', reason: parsed.state, message, discriminator: message }];
}

function startedEvent({ present, transfer, workflowId }: StatusContext): Action[] {
  if (present.startTime !== undefined) return [];
  const message = `Started ${workflowId}: ${transfer.source.description} -> ${transfer.destination.description}`;
  return [{ type: 'event', eventType: 'Normal', reason: 'Started', message, discriminator: workflowId }];
}

/** Once per attempt. */
function failedEvent({ present, workflowId }: StatusContext, next: ResourceStatus): Action[] {
  if (next.status !== 'Failed' || next.retry === undefined) return [];
  if (present.status === 'Failed' && present.retry?.attempt === next.retry.attempt) return [];
  const message = `${next.error} (${retryDue(next.retry)})`;
  const discriminator = `${workflowId} ${next.retry.attempt}`;
  return [{ type: 'event', eventType: 'Warning', reason: 'Failed', message, discriminator }];
}

/** Nothing is decided without Temporal, and what the status says of the run stays. */
function temporalUnavailable({ resource, now }: Observation): Action[] {
  const present = resource.status ?? {};
  const message = 'Temporal cannot be reached; trying again until it can.';
  const status = withConditions(
    { present, generation: resource.metadata.generation, now },
    { ...present, status: present.status ?? 'Pending' },
    { Progressing: ['False', 'TemporalUnavailable', message] },
  );
  // the rest of the status describes what it described before
  status.observedGeneration = present.observedGeneration;
  return [{ type: 'status', status }, { type: 'retry' }];
}

/** The spec's run has ended, and the status says how. */
function isSettled(resource: TransferResource): boolean {
  const { status = {} } = resource;
  const id = runWorkflowId(identityOf(resource));
  return (
    (status.status === 'Succeeded' && status.lastCompleted === id) ||
    (status.status === 'Fatal' && status.lastFailed === id)
  );
}

function contextOf(observation: Observation, transfer: Transfer, present: ResourceStatus): StatusContext {
  const { resource, parsed, now, taskQueue } = observation;
  const { generation } = resource.metadata;
  const workflowId = runWorkflowId(identityOf(resource));
  return { present, transfer, workflowId, parseWarnings: parsed.warnings, generation, now, taskQueue };
}

function differs(next: ResourceStatus, present: ResourceStatus | undefined): boolean {
  return !isDeepStrictEqual(JSON.parse(JSON.stringify(next)), present ?? {});
}
