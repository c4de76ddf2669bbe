import type { TechnicalMetadata } from '../../workflows/contract/metadata.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import { MOST_COLUMNS, MOST_TEXTS } from '../api/index.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { RunningReport } from './actions.ts';
import { MAX_ERROR_LENGTH, waitReason, withConditions, without } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/** Of texts; what is longer says no more. */
const MAX_TEXT = 1_024;
const MAX_LOCATION = 2_048;
const NO_RUN = 'This is a dry run: nothing is copied while the resource has the annotation.';

type Plan = NonNullable<ResourceStatus['plan']>;

/** A plan is about to be made, or is being made. */
export function planningStatus(context: StatusContext, report?: RunningReport): ResourceStatus {
  const { present, transfer, workflowId, placement, now } = context;
  const failure = report?.progress?.failure;
  const planning: [string, string] = failure
    ? ['Retrying', `Planning has failed and is tried again: ${failure.message}`]
    : ['Planning', 'The plan is being made.'];
  return withConditions(
    context,
    {
      ...without(present, 'error', 'placement', 'progress', 'retry', 'plan'),
      status: 'Pending',
      active: workflowId,
      ...(placement.shown && { placement: placement.shown }),
      sourceDescription: transfer.source.description.slice(0, 4_096),
      destinationDescription: transfer.destination.description.slice(0, 4_096),
    },
    {
      Ready: ['False', 'DryRun', NO_RUN],
      Progressing: (report && waitReason(now, placement.taskQueue, report)) ?? ['True', ...planning],
      Stalled: ['False', 'DryRun', ''],
    },
  );
}

export function plannedStatus(context: StatusContext, report: PlanReport): ResourceStatus {
  const plan = planOf(context, report);
  const message = `${NO_RUN} ${planSummary(report)}`;
  return withConditions(
    context,
    { ...without(context.present, 'error', 'active', 'progress', 'retry'), status: 'Pending', plan },
    {
      Ready: ['False', 'DryRun', message],
      Progressing: ['False', 'DryRun', 'The plan is in status.plan; remove the annotation to run it.'],
      Stalled: ['False', 'DryRun', ''],
    },
  );
}

export function planFailedStatus(context: StatusContext, message: string): ResourceStatus {
  return withConditions(
    context,
    {
      ...without(context.present, 'active', 'progress', 'retry', 'plan'),
      status: 'Fatal',
      error: message.slice(0, MAX_ERROR_LENGTH),
      lastFailed: context.workflowId,
    },
    {
      Ready: ['False', 'PlanFailed', message],
      Progressing: ['False', 'PlanFailed', 'Nothing is being done; change the resource to plan it again.'],
      Stalled: ['True', 'PlanFailed', message],
    },
  );
}

/** One line for people. */
export function planSummary({ reads, writes, chunks, permissions }: PlanReport): string {
  const denied = permissions.filter(({ outcome }) => outcome === 'denied');
  const read = `${counted(reads.objects, 'object')}, ${counted(reads.bytes, 'byte')}, in ${counted(chunks, 'chunk')}`;
  const summary = `A run would read ${read} and write ${writes.location}.`;
  if (denied.length === 0) return summary;
  return `${summary} It would fail: not allowed are ${denied.map(({ request, location }) => `${request} ${location}`).join(', ')}.`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Bounded, whatever the plan holds. */
function planOf({ generation, parseWarnings }: StatusContext, report: PlanReport): Plan {
  const { source, destination, conversions, warnings, reads, writes, permissions, ...numbers } = report;
  const { chunks, slices, requests, estimatedSeconds } = numbers;
  return {
    generation,
    source: sideOf(source),
    destination: sideOf(destination),
    conversions: textsOf(conversions),
    warnings: textsOf([...parseWarnings, ...warnings]),
    ...reads,
    chunks,
    slices,
    writes: writes.location.slice(0, MAX_LOCATION),
    present: writes.present.slice(0, MAX_LOCATION),
    requests,
    ...(estimatedSeconds === undefined ? {} : { estimatedSeconds }),
    permissions: permissions.map(({ location, message, ...probe }) => ({
      ...probe,
      location: location.slice(0, MAX_LOCATION),
      ...(message === undefined ? {} : { message: message.slice(0, MAX_TEXT) }),
    })),
  };
}

function sideOf({ format, columns }: TechnicalMetadata): Plan['source'] {
  return {
    format,
    columns: columns.slice(0, MOST_COLUMNS).map(({ name, type, nullable }) => ({
      name: name.slice(0, MAX_TEXT),
      type: type.slice(0, MAX_TEXT),
      nullable,
    })),
    moreColumns: Math.max(0, columns.length - MOST_COLUMNS),
  };
}

const textsOf = (texts: readonly string[]): string[] =>
  texts.slice(0, MOST_TEXTS).map((text) => text.slice(0, MAX_TEXT));
