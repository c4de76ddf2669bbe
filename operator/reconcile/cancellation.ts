import type { ResourceStatus } from '../api/index.ts';
import type { Action, RunningReport } from './actions.ts';
import { cancelOf } from './resource.ts';
import type { TransferResource } from './resource.ts';

/** What the annotation asks for: a value that is there before a run is not meant for it. */
export function cancellation(
  resource: TransferResource,
  workflowId: string,
  { cancelRequested }: RunningReport,
  status: ResourceStatus,
): { actions: Action[]; status: ResourceStatus } {
  const value = cancelOf(resource);
  if (value === undefined || value === status.cancel?.value) return { actions: [], status };
  return {
    actions: cancelRequested ? [] : [{ type: 'cancel', workflowId }],
    status: { ...status, cancel: { value } },
  };
}
