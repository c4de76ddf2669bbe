import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import type { TemporalData } from '../../codec/temporal-data.ts';
import type { BatchActivities, RunProgress, SliceHeartbeat } from '../../workflows/contract.ts';
import type { RunningReport } from '../reconcile/actions.ts';
import { failureMessage } from './temporal-errors.ts';

type PendingActivity = NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>[number];

const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingActivityState;
const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingWorkflowTaskState;
const COPY_SLICE: keyof BatchActivities = 'copySlice';

/** What is under way in a workflow, from the server's own knowledge: no worker is needed to know it. */
export async function pendingWork(
  description: DescribeWorkflowExecutionResponse,
  data: TemporalData,
): Promise<Pick<RunningReport, 'unstartedSince' | 'trouble'>> {
  const activities = description.pendingActivities ?? [];
  const waiting: Date[] = [];
  const task = description.pendingWorkflowTask;
  if (task?.state === PENDING_WORKFLOW_TASK_STATE_SCHEDULED)
    waiting.push(optionalTsToDate(task.originalScheduledTime ?? task.scheduledTime) ?? new Date());
  // a run moves while any of its steps does
  if (activities.length > 0 && activities.every(isUnstarted))
    for (const { scheduledTime } of activities) waiting.push(optionalTsToDate(scheduledTime) ?? new Date());
  const since = waiting.toSorted((a, b) => a.getTime() - b.getTime())[0];
  const retried = activities
    .filter(({ lastFailure }) => lastFailure)
    .toSorted((a, b) => attemptOf(b) - attemptOf(a))[0];
  return {
    ...(since && { unstartedSince: since.toISOString() }),
    ...(retried && { trouble: { attempt: attemptOf(retried), message: await lastMessage(retried, data) } }),
  };
}

/** Adds what running slices have told by heartbeat to the workflow's own progress, which counts finished ones. */
export async function withHeartbeats(
  progress: RunProgress,
  description: DescribeWorkflowExecutionResponse,
  data: TemporalData,
): Promise<RunProgress> {
  const pending = description.pendingActivities ?? [];
  const beats = (await Promise.all(pending.map((activity) => heartbeat(activity, data)))).filter(
    (beat) => beat !== undefined,
  );
  const statistics = { ...progress.statistics };
  let { chunksDone } = progress;
  for (const beat of beats) {
    chunksDone += beat.bitmap.replaceAll('0', '').length;
    statistics.rowsRead += beat.rowsRead;
    statistics.rowsWritten += beat.rowsWritten;
    statistics.bytesRead += beat.bytesRead;
    statistics.bytesWritten += beat.bytesWritten;
  }
  return { ...progress, chunksDone: Math.min(chunksDone, progress.chunksTotal), statistics };
}

async function heartbeat(
  { activityType, heartbeatDetails }: PendingActivity,
  data: TemporalData,
): Promise<SliceHeartbeat | undefined> {
  if (activityType?.name !== COPY_SLICE) return undefined;
  const beat = await data.first<SliceHeartbeat>(heartbeatDetails?.payloads);
  return typeof beat?.bitmap === 'string' ? beat : undefined;
}

function isUnstarted({ state, attempt, lastStartedTime }: PendingActivity): boolean {
  return state === PENDING_ACTIVITY_STATE_SCHEDULED && (attempt ?? 1) <= 1 && !lastStartedTime;
}

function attemptOf({ attempt }: PendingActivity): number {
  return attempt ?? 1;
}

async function lastMessage({ lastFailure }: PendingActivity, data: TemporalData): Promise<string> {
  return failureMessage(await data.failure(lastFailure ?? {}));
}
