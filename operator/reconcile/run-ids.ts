import { createHash } from 'node:crypto';
import { runWorkflowId } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import type { ResourceStatus } from '../api/index.ts';

/** Workflow id of the run that a value of the annotation asks for: used once, so that the value starts one run. */
export function runNowWorkflowId(identity: TransferIdentity, value: string): string {
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 16);
  return `${runWorkflowId(identity)}-now-${hash}`;
}

/** Whether a run is of this generation and was started by the operator itself, at once or when it was asked for. */
function isDirectRun(workflowId: string, identity: TransferIdentity): boolean {
  const run = runWorkflowId(identity);
  return workflowId === run || workflowId.startsWith(`${run}-now-`);
}

/** The same, and the run of an earlier generation that was told what the present one changes. */
export function isCurrentRun(
  workflowId: string,
  identity: TransferIdentity,
  { revised }: Pick<ResourceStatus, 'revised'>,
): boolean {
  if (isDirectRun(workflowId, identity)) return true;
  return revised?.workflowId === workflowId && revised.generation === identity.generation;
}

/** Temporal adds the time to the workflow ids of a schedule's runs. */
export const isScheduledRun = (workflowId: string): boolean => /\/\d+-\d{4}-[^/]*$/.test(workflowId);

/** The generation that a run was started for; -1 for what is no run. */
export function generationOf(workflowId: string): number {
  const match = /(?<!\/plan)\/(\d+)(?:-[^/]*)?$/.exec(workflowId);
  return match === null ? -1 : Number(match[1]);
}
