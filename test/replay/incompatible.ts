import type { BatchTransferInput, DeleteTransferInput, PlanTransferInput } from '../../workflows/contract.ts';
import * as workflows from '../../workflows/index.ts';
import { activities } from '../../workflows/proxies.ts';

/** The workflows with a step more at their beginning: what must not be deployed while old runs are under way. */
export async function batchTransfer(input: BatchTransferInput): Promise<unknown> {
  const startedAt = '1970-01-01T00:00:00Z';
  await activities.discard({ run: { transfer: input.transfer, runId: 'earlier', epoch: 0, startedAt } });
  return workflows.batchTransfer(input);
}

export async function planTransfer(input: PlanTransferInput): Promise<unknown> {
  const startedAt = '1970-01-01T00:00:00Z';
  await activities.discard({ run: { transfer: input.transfer, runId: 'earlier', epoch: 0, startedAt } });
  return workflows.planTransfer(input);
}

export async function deleteTransfer(input: DeleteTransferInput): Promise<unknown> {
  await activities.deleteData({ ...input, objects: [] });
  return workflows.deleteTransfer(input);
}
