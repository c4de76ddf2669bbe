import { MOST_HISTORY_ERROR } from '../api/index.ts';
import type { HistoryLimits, ResourceStatus, RunRecord } from '../api/index.ts';
import type { CompletedReport, EndedReport } from './actions.ts';

/** Of the status schema. */
export const ALL: HistoryLimits = { successful: 20, failed: 20 };

/** What the history says of a run that has ended. */
export function recordOf(workflowId: string, report: CompletedReport | EndedReport): RunRecord {
  if (report.state === 'completed') {
    const { runId, startedAt, finishedAt, statistics } = report.result;
    return {
      workflowId,
      ...(runId === undefined ? {} : { runId }),
      start: startedAt,
      end: finishedAt,
      result: 'Succeeded',
      rows: statistics.rowsWritten,
      bytes: statistics.bytesWritten,
    };
  }
  const { state, message, startTime, closeTime, runId } = report;
  return {
    workflowId,
    ...(runId === undefined ? {} : { runId }),
    ...(startTime === undefined ? {} : { start: startTime }),
    end: closeTime,
    result: state === 'cancelled' ? 'Cancelled' : 'Failed',
    ...(message === '' ? {} : { error: message.slice(0, MOST_HISTORY_ERROR) }),
  };
}

/** The history with a run, the newest first, once each; undefined when there is nothing to remember. */
export function withRecord(
  history: ResourceStatus['history'],
  record: RunRecord,
  limits: HistoryLimits,
): ResourceStatus['history'] {
  const others = (history ?? []).filter(({ workflowId }) => workflowId !== record.workflowId);
  return trimmed([record, ...others], limits);
}

/** The newest runs of either kind. */
export function trimmed(
  history: ResourceStatus['history'],
  limits: HistoryLimits,
): ResourceStatus['history'] {
  const left = { ...limits };
  const kept = (history ?? [])
    .toSorted((a, b) => Date.parse(b.end) - Date.parse(a.end))
    .filter(({ result }) => {
      const kind = result === 'Succeeded' ? 'successful' : 'failed';
      left[kind] -= 1;
      return left[kind] >= 0;
    });
  return kept.length === 0 ? undefined : kept;
}
