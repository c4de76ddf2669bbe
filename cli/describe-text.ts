import { ownStatus, type ResourceStatus } from '../operator/api/index.ts';
import { columnRows } from './column-rows.ts';
import { age, duration } from './durations.ts';
import { bar, paceOf, paceText, size } from './pace.ts';
import { counted, fields, section } from './text.ts';
import type { ListedTransfer } from './transfers.ts';

const LABEL_WIDTH = 13;

/** What is shown of a Kubernetes Event. */
export interface TransferEvent {
  type: string;
  reason: string;
  message: string;
  count: number;
  /** ISO 8601. */
  at: string;
}

/** All there is to know of one BatchTransfer, for people, as lines. */
export function describeText(transfer: ListedTransfer, events: TransferEvent[], now: Date): string[] {
  const status = ownStatus(transfer, transfer.status ?? {}) ?? {};
  const { source, destination, warnings = [], conditions = [] } = status;
  return [
    ...fields(
      overview(transfer, status, now).filter(([, value]) => value !== ''),
      LABEL_WIDTH,
    ),
    ...section('SCHEMA', columnRows(source?.columns ?? [], destination?.columns ?? [])),
    ...section('CONVERSIONS', [...(source?.conversions ?? []), ...(destination?.conversions ?? [])]),
    ...section('WARNINGS', warnings),
    ...section('OBJECTS', objectRows(status), Infinity),
    ...section('KEPT GENERATIONS', generationRows(status)),
    ...section('RECEIPT', receiptRows(status)),
    ...section('HISTORY', historyRows(status, now), Infinity),
    ...section('CONDITIONS', conditionRows(conditions, now), Infinity),
    ...section('EVENTS', eventRows(events, now), Infinity),
  ];
}

function overview(
  { metadata, status: stored }: ListedTransfer,
  status: ResourceStatus,
  now: Date,
): [string, string][] {
  const { startTime, retry, statistics = {} } = status;
  return [
    ['NAME', metadata.name],
    ['NAMESPACE', metadata.namespace],
    ['AGE', age(metadata.creationTimestamp, now)],
    ['STATUS', stored?.status ?? 'not looked at by the operator yet'],
    ['ERROR', status.error ?? ''],
    ['HINT', status.hint ?? ''],
    ['PARKED', status.parked === undefined ? '' : parkedText(status.parked, now)],
    ['PAUSED', pausedText(status)],
    ['RETRY', retry === undefined ? '' : retryText(retry, now)],
    ['PROGRESS', progressText(status)],
    ['PACE', status.status === 'Running' ? paceOfStatus(status, now) : ''],
    ['SOURCE', sideText(status.sourceDescription, status.source)],
    ['DESTINATION', sideText(status.destinationDescription, status.destination)],
    ['READ', countsText(statistics.rowsRead, statistics.bytesRead)],
    ['WRITTEN', countsText(statistics.rowsWritten, statistics.bytesWritten)],
    ['STARTED', startTime === undefined ? '' : `${startTime} (${age(startTime, now)} ago)`],
    ['TOOK', statistics.durationSeconds === undefined ? '' : `${statistics.durationSeconds} s`],
    ['WORKFLOW', status.active ?? lastWorkflow(status)],
    ['REGION', status.placement?.region ?? ''],
  ];
}

function lastWorkflow({ status, lastFailed, lastCompleted }: ResourceStatus): string {
  return (status === 'Fatal' ? lastFailed : lastCompleted) ?? '';
}

function retryText(
  { attempt, maxAttempts, nextRetryTime }: NonNullable<ResourceStatus['retry']>,
  now: Date,
): string {
  const which = `${attempt}${maxAttempts > 0 ? ` of ${maxAttempts}` : ''}`;
  if (nextRetryTime === undefined) return which;
  const seconds = (Date.parse(nextRetryTime) - now.getTime()) / 1000;
  return `${which}, ${seconds > 0 ? `due in ${duration(seconds)}` : 'due now'} (${nextRetryTime})`;
}

function parkedText({ since, until }: NonNullable<ResourceStatus['parked']>, now: Date): string {
  const left = duration(Math.max(0, (Date.parse(until) - now.getTime()) / 1000));
  return `since ${since}; what is done is kept for ${left} (${until})`;
}

/** Of the condition: why a run that goes on does nothing. */
function pausedText({ conditions = [] }: ResourceStatus): string {
  return conditions.find(({ type, reason }) => type === 'Progressing' && reason === 'Paused')?.message ?? '';
}

function progressText({ progress }: ResourceStatus): string {
  if (progress === undefined) return '';
  const { phase, percent, chunksDone, chunksTotal } = progress;
  const chunks = chunksTotal === 0 ? '' : `, ${chunksDone} of ${counted(chunksTotal, 'chunk')}`;
  return `${bar(percent)}  ${phase}${chunks}`;
}

function paceOfStatus({ startTime, progress, statistics }: ResourceStatus, now: Date): string {
  if (startTime === undefined || progress === undefined) return '';
  const { chunksDone, chunksTotal } = progress;
  const bytesRead = statistics?.bytesRead ?? 0;
  return paceText(paceOf({ startedAt: startTime, chunksDone, chunksTotal, bytesRead }, now));
}

function sideText(description: string | undefined, metadata: ResourceStatus['source']): string {
  if (description === undefined) return '';
  return metadata === undefined ? description : `${description} (${metadata.format})`;
}

function countsText(rows: number | undefined, bytes: number | undefined): string {
  if (rows === undefined) return '';
  return `${counted(rows, 'row')}${bytes === undefined ? '' : `, ${size(bytes)}`}`;
}

function objectRows({ objects = [] }: ResourceStatus): string[][] {
  return table(
    ['OBJECT', 'BYTES', 'AT'],
    objects.map(({ bucket, key, bytes, endpoint }) => [`s3://${bucket}/${key}`, String(bytes), endpoint]),
  );
}

function generationRows({ generations = [] }: ResourceStatus): string[][] {
  return table(
    ['PREFIX', 'OBJECTS', 'BYTES'],
    generations.map(({ prefix, objects, bytes }) => [prefix, String(objects), String(bytes)]),
  );
}

function receiptRows({ receipt }: ResourceStatus): string[] {
  if (receipt === undefined) return [];
  const { runId, verified, rowsRead, rowsFiltered, rowsWritten, key, signedBy } = receipt;
  return [
    `run ${runId}, verified: ${verified}`,
    `rows: ${rowsRead ?? '?'} read, ${rowsFiltered ?? '?'} filtered, ${rowsWritten ?? '?'} written`,
    ...(key === undefined
      ? []
      : [`${key}, ${signedBy === undefined ? 'not signed' : `signed by ${signedBy}`}`]),
  ];
}

function historyRows({ history = [] }: ResourceStatus, now: Date): string[][] {
  return table(
    ['ENDED', 'RESULT', 'TOOK', 'ROWS', 'BYTES', 'WORKFLOW', 'ERROR'],
    history.map(({ start, end, result, rows, bytes, workflowId, error }) => [
      `${age(end, now)} ago`,
      result,
      start === undefined ? '' : duration((Date.parse(end) - Date.parse(start)) / 1000),
      rows === undefined ? '' : String(rows),
      bytes === undefined ? '' : size(bytes),
      workflowId.split('/').at(-1)!,
      error ?? '',
    ]),
  );
}

function conditionRows(conditions: NonNullable<ResourceStatus['conditions']>, now: Date): string[][] {
  return table(
    ['TYPE', 'STATUS', 'REASON', 'SINCE', 'MESSAGE'],
    conditions.map(({ type, status, reason, lastTransitionTime, message }) => [
      type,
      status,
      reason,
      age(lastTransitionTime, now),
      message,
    ]),
  );
}

function eventRows(events: TransferEvent[], now: Date): string[][] {
  return table(
    ['AGE', 'TYPE', 'REASON', 'COUNT', 'MESSAGE'],
    events
      .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
      .map(({ type, reason, message, count, at }) => [age(at, now), type, reason, String(count), message]),
  );
}

/** Nothing without rows. */
function table(heading: string[], rows: string[][]): string[][] {
  return rows.length === 0 ? [] : [heading, ...rows];
}
