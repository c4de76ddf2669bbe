import { runWorkflowId } from '../../workflows/contract.ts';
import type { ResourceStatus, RunPolicy } from '../api/index.ts';
import { identityOf, runNowOf } from './resource.ts';
import type { TransferResource } from './resource.ts';
import { isCurrentRun, runNowWorkflowId } from './run-ids.ts';
import { trimmed } from './history.ts';
import { MAX_DESCRIPTION_LENGTH, withConditions, withoutRun } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/**
 * The run that a resource without a schedule asks for: that of its generation, then one for every new value of the
 * annotation. Undefined when all of them have ended, and the status says how.
 */
export function wantedRun(
  resource: TransferResource,
  { suspend }: Pick<RunPolicy, 'suspend'>,
): string | undefined {
  const identity = identityOf(resource);
  const { status = {} } = resource;
  if (status.active !== undefined && isCurrentRun(status.active, identity, status)) return status.active;
  const settled = isSettled(resource);
  const value = runNowOf(resource);
  if (value !== undefined && value !== status.runNow?.value && (settled || suspend))
    return runNowWorkflowId(identity, value);
  return settled ? undefined : runWorkflowId(identity);
}

/** The value of the annotation that a run sees to: the run of a generation to that there is when it starts. */
export function seenTo(resource: TransferResource, workflowId: string): string | undefined {
  const value = runNowOf(resource);
  if (value === undefined) return undefined;
  const identity = identityOf(resource);
  return [runWorkflowId(identity), runNowWorkflowId(identity, value)].includes(workflowId)
    ? value
    : undefined;
}

/** The run of this generation is held back; a person may ask for one all the same. */
export function isHeldBack(resource: TransferResource, policy: RunPolicy, workflowId: string): boolean {
  return policy.suspend && workflowId === runWorkflowId(identityOf(resource));
}

/** Nothing is started, and nothing goes on. */
export function suspendedStatus(context: StatusContext): ResourceStatus {
  const { present, transfer, historyLimits } = context;
  return withConditions(
    context,
    {
      ...withoutRun(present),
      status: 'Pending',
      sourceDescription: transfer.source.description.slice(0, MAX_DESCRIPTION_LENGTH),
      destinationDescription: transfer.destination.description.slice(0, MAX_DESCRIPTION_LENGTH),
      history: trimmed(present.history, historyLimits),
    },
    {
      Ready: ['False', 'Suspended', SUSPENDED],
      Progressing: ['False', 'Suspended', SUSPENDED],
      Stalled: ['False', 'Suspended', ''],
    },
  );
}

export const SUSPENDED = 'Nothing is started while spec.suspend is true.';

function isSettled(resource: TransferResource): boolean {
  const { status = {} } = resource;
  const { status: state, lastCompleted = '', lastFailed = '' } = status;
  const identity = identityOf(resource);
  return (
    (state === 'Succeeded' && isCurrentRun(lastCompleted, identity, status)) ||
    (state === 'Fatal' && isCurrentRun(lastFailed, identity, status))
  );
}
