import type { WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';

const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingWorkflowTaskState;
/** Events of a workflow that no worker has taken: its start and its first task. */
const UNTAKEN = 2;

type Described = Pick<WorkflowExecutionDescription, 'status' | 'historyLength' | 'raw'>;

/** Whether no worker has ever taken a workflow, so that nothing was done and nobody would notice that it is cancelled. */
export function isUntaken({ status, historyLength, raw }: Described): boolean {
  // its end is one more event
  if (status.name !== 'RUNNING') return status.name === 'TERMINATED' && historyLength <= UNTAKEN + 1;
  const task = raw.pendingWorkflowTask?.state;
  return task === PENDING_WORKFLOW_TASK_STATE_SCHEDULED && historyLength <= UNTAKEN;
}
