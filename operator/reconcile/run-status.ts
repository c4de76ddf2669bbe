import type { RunProgress, RunResult, Transfer, WrittenObject } from '../../workflows/contract.ts';
import type { Paused } from '../../workflows/contract/control.ts';
import type { TechnicalMetadata } from '../../workflows/contract/metadata.ts';
import type { HistoryLimits, ParsedTransfer, ResourceStatus } from '../api/index.ts';
import type { CompletedReport, EndedReport, RunningReport } from './actions.ts';
import { conditions } from './conditions.ts';
import { hintFor } from './hints.ts';
import { ALL, recordOf, withRecord } from './history.ts';
import type { Placement } from './placement.ts';
import { receiptStatus } from './receipt-status.ts';
import type { Verdicts } from './conditions.ts';

/** Limits of the status schema, and what keeps a resource well below etcd's size limit. */
const MAX_COLUMNS = 2_000;
const MAX_CONVERSIONS = 200;
const MAX_WARNINGS = 100;
const MAX_WARNING_LENGTH = 1_024;
export const MAX_ERROR_LENGTH = 32_768;
export const MAX_DESCRIPTION_LENGTH = 4_096;
/** Milliseconds a step may wait for a worker before the status says so, which takes some more: 10 s in all. */
const PATIENCE = 6_000;

export interface StatusContext {
  present: ResourceStatus;
  transfer: Transfer;
  workflowId: string;
  parseWarnings: string[];
  generation: number;
  now: Date;
  placement: Placement;
  historyLimits: HistoryLimits;
}

/**
 * The run is about to be started: recorded before it is, so that no run is ever unknown to the status.
 * @param seen values of annotations: `runNow`, to which this run sees, and `cancel`, which is not meant for it
 */
export function intendedStatus(
  context: StatusContext,
  seen: { runNow: string | undefined; cancel: string | undefined },
): ResourceStatus {
  const { present, transfer, workflowId, parseWarnings, generation, placement } = context;
  const { runNow, cancel } = seen;
  const { plan } = present;
  return withConditions(
    context,
    {
      ...without(withoutRun(present), 'placement', 'plan'),
      status: 'Pending',
      active: workflowId,
      ...(placement.shown && { placement: placement.shown }),
      ...(runNow !== undefined && { runNow: { value: runNow } }),
      ...(cancel !== undefined && { cancel: { value: cancel } }),
      sourceDescription: transfer.source.description.slice(0, MAX_DESCRIPTION_LENGTH),
      destinationDescription: transfer.destination.description.slice(0, MAX_DESCRIPTION_LENGTH),
      warnings: warnings(parseWarnings),
      ...(plan?.generation === generation && { plan }),
    },
    {
      Ready: ['False', 'Pending', 'The run is about to start.'],
      Progressing: ['True', 'Starting', 'The run is about to start.'],
      Stalled: ['False', 'Pending', ''],
    },
  );
}

export function runningStatus(context: StatusContext, report: RunningReport): ResourceStatus {
  const { present } = context;
  const { error, retry } = present;
  const kept = { ...without(present, 'error', 'hint', 'parked', 'retry'), active: context.workflowId };
  const startTime = present.startTime ?? report.progress?.startedAt ?? report.startTime;
  const progress = report.progress;
  if (!progress && present.parked) return present;
  const waiting = progress?.paused
    ? pausedReason(progress.paused)
    : waitReason(context.now, context.placement.taskQueue, report);
  if (!progress) {
    const status = present.status === 'Failed' ? 'Failed' : 'Running';
    const failed = status === 'Failed' ? { error, retry } : {};
    return withConditions(
      context,
      { ...kept, ...failed, status, startTime },
      {
        Ready: ['False', status, 'The copy is not complete.'],
        Progressing: waiting ?? [
          'True',
          'Running',
          'The run goes on; its progress is not known at the moment.',
        ],
        Stalled: ['False', status, ''],
      },
    );
  }
  const failure = progress.state === 'Failed' ? progress.failure : undefined;
  const next: ResourceStatus = {
    ...kept,
    status: failure ? 'Failed' : 'Running',
    startTime,
    progress: progressOf(progress),
    ...observed(context, progress),
  };
  if (failure) {
    next.error = failure.message.slice(0, MAX_ERROR_LENGTH);
    next.retry = {
      attempt: failure.attempt,
      maxAttempts: failure.maxAttempts,
      nextRetryTime: failure.nextRetryTime,
    };
  }
  return withConditions(context, next, {
    Ready: ['False', failure ? 'Failed' : 'Running', failure?.message ?? 'The copy is not complete.'],
    Progressing:
      waiting ??
      (failure
        ? ['True', 'Retrying', `${retryDue(failure)}: ${failure.message}`]
        : ['True', 'Running', `The run is in phase ${progress.phase}.`]),
    Stalled: ['False', failure ? 'Failed' : 'Running', ''],
  });
}

export function succeededStatus(context: StatusContext, report: CompletedReport): ResourceStatus {
  const { result, progress } = report;
  return withConditions(
    context,
    {
      ...without(context.present, 'error', 'active', 'hint', 'parked', 'retry'),
      progress: progress ? progressOf(progress) : complete(result, context.present.progress),
      ...published(context.workflowId, result),
      history: remembered(context, report),
      status: 'Succeeded',
      startTime: result.startedAt,
      statistics: { ...result.statistics, durationSeconds: result.durationSeconds },
      source: metadata(result.source),
      destination: metadata(result.destination),
      warnings: warnings([...context.parseWarnings, ...result.warnings]),
    },
    {
      Ready: ['True', 'Succeeded', `Ingested ${result.statistics.rowsWritten} records!`],
      Progressing: ['False', 'Succeeded', 'The run is complete.'],
      Stalled: ['False', 'Succeeded', ''],
    },
  );
}

/** @param reason constant, e.g. `RunFailed` */
export function fatalStatus(
  context: StatusContext,
  reason: string,
  message: string,
  report: EndedReport,
): ResourceStatus {
  const { progress } = report;
  const hint = report.state === 'failed' ? hintFor(progress?.failure?.code) : undefined;
  return withConditions(
    context,
    {
      ...without(context.present, 'active', 'hint', 'parked', 'retry'),
      ...(hint !== undefined && { hint }),
      ...(progress && { progress: progressOf(progress), ...observed(context, progress) }),
      status: 'Fatal',
      error: message.slice(0, MAX_ERROR_LENGTH),
      lastFailed: context.workflowId,
      history: remembered(context, { ...report, message }),
    },
    {
      Ready: ['False', reason, message],
      Progressing: ['False', reason, 'Nothing is being done; change the resource to run again.'],
      Stalled: ['True', reason, message],
    },
  );
}

/** What a finished run says of the destination, whatever becomes of the resource next. */
export function published(workflowId: string, result: RunResult): Partial<ResourceStatus> {
  return {
    lastCompleted: workflowId,
    lastSuccessTime: result.finishedAt,
    lastRecordTime: result.startedAt,
    numRecords: result.statistics.rowsWritten,
    receipt: receiptStatus(result),
    generations: result.generations,
    objects: result.objects.map(({ endpoint, bucket, key, etag, bytes }) => ({
      endpoint,
      bucket,
      key,
      etag,
      bytes,
    })),
  };
}

/** For a spec that is not valid, which does not say: what there is. */
export function historyLimits(parsed: ParsedTransfer): HistoryLimits {
  return parsed.ok ? parsed.policy.historyLimits : ALL;
}

function remembered(
  { present, workflowId, historyLimits: limits }: StatusContext,
  report: CompletedReport | EndedReport,
): ResourceStatus['history'] {
  return withRecord(present.history, recordOf(workflowId, report), limits);
}

/** Objects of both lists; of two with the same key the later one. */
export function mergeObjects(
  first: readonly WrittenObject[],
  then: readonly WrittenObject[],
): WrittenObject[] {
  const byKey = new Map<string, WrittenObject>();
  for (const object of [...first, ...then])
    byKey.set(JSON.stringify([object.endpoint, object.bucket, object.key]), object);
  return [...byKey.values()];
}

/** For people, e.g. `retry 2 of 3 is due`. */
export function retryDue({ attempt, maxAttempts }: { attempt: number; maxAttempts: number }): string {
  return `retry ${attempt}${maxAttempts > 0 ? ` of ${maxAttempts}` : ''} is due`;
}

/** The status without what it says of one run. */
export function withoutRun(status: ResourceStatus): ResourceStatus {
  return without(
    status,
    'active',
    'error',
    'hint',
    'parked',
    'progress',
    'retry',
    'revised',
    'statistics',
    'startTime',
  );
}

export function without<K extends keyof ResourceStatus>(
  status: ResourceStatus,
  ...keys: K[]
): Omit<ResourceStatus, K> {
  const rest = { ...status };
  for (const key of keys) delete rest[key];
  return rest;
}

const pausedReason = ({ since, reason }: Paused): Verdicts['Progressing'] => [
  'False',
  'Paused',
  `Paused since ${since}: ${reason}. What is done is kept.`,
];

/**
 * Why nothing happens although the run goes on; undefined when something does.
 * @param placed the task queue, where the report does not tell
 */
export function waitReason(
  now: Date,
  placed: string,
  report: RunningReport,
): Verdicts['Progressing'] | undefined {
  if (report.unstartedSince && now.getTime() - Date.parse(report.unstartedSince) >= PATIENCE)
    return ['False', 'WaitingForWorker', `Waiting for a worker on task queue ${report.taskQueue ?? placed}.`];
  if (report.trouble)
    return [
      'True',
      'Retrying',
      `A step is being tried again (attempt ${report.trouble.attempt}): ${report.trouble.message}`,
    ];
  return undefined;
}

export function withConditions(
  { present, generation, now }: Pick<StatusContext, 'present' | 'generation' | 'now'>,
  status: ResourceStatus,
  verdicts: Partial<Verdicts>,
): ResourceStatus {
  return {
    ...status,
    observedGeneration: generation,
    conditions: conditions(present.conditions, verdicts, generation, now),
  };
}

export function warnings(texts: readonly string[]): string[] | undefined {
  if (texts.length === 0) return undefined;
  return [...new Set(texts)].slice(0, MAX_WARNINGS).map((text) => text.slice(0, MAX_WARNING_LENGTH));
}

export function observed(
  { present, parseWarnings }: StatusContext,
  progress: RunProgress,
): Partial<ResourceStatus> {
  return {
    statistics: { ...progress.statistics },
    source: metadata(progress.source) ?? present.source,
    destination: metadata(progress.destination) ?? present.destination,
    warnings: warnings([...parseWarnings, ...progress.warnings]),
  };
}

export function progressOf({ phase, chunksDone, chunksTotal }: RunProgress): ResourceStatus['progress'] {
  const percent = chunksTotal > 0 ? Math.floor((100 * Math.min(chunksDone, chunksTotal)) / chunksTotal) : 0;
  return { phase, chunksDone, chunksTotal, percent };
}

/** @param present what was known last, for results that do not tell */
function complete(
  { chunks }: Pick<RunResult, 'chunks'>,
  present: ResourceStatus['progress'],
): ResourceStatus['progress'] {
  const chunksTotal = chunks ?? present?.chunksTotal;
  if (chunksTotal === undefined) return undefined;
  return { phase: 'done', chunksDone: chunksTotal, chunksTotal, percent: 100 };
}

function metadata(full: TechnicalMetadata | undefined): ResourceStatus['source'] {
  if (!full) return full;
  const { conversions, ...rest } = full;
  const listed = conversions && {
    conversions: conversions.slice(0, MAX_CONVERSIONS).map((text) => text.slice(0, MAX_WARNING_LENGTH)),
  };
  if (full.columns.length <= MAX_COLUMNS) return { ...rest, ...listed };
  return {
    ...rest,
    ...listed,
    columns: full.columns.slice(0, MAX_COLUMNS),
    details: { ...full.details, columns: `the first ${MAX_COLUMNS} of ${full.columns.length}` },
  };
}
