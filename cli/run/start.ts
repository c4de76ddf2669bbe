import { Client, type Connection, type WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Logger } from 'pino';
import type { TemporalData } from '../../codec/temporal-data.ts';
import { searchAttributes, summary } from '../../operator/apply/run-texts.ts';
import { ensureSearchAttributes } from '../../operator/apply/search-attributes.ts';
import { grpcCode } from '../../operator/apply/temporal-errors.ts';
import { WORKFLOW_TYPES, runWorkflowId } from '../../workflows/contract.ts';
import type { BatchTransferInput, Transfer } from '../../workflows/contract.ts';
import { ExitError } from '../exit-error.ts';

const INVALID_ARGUMENT = 3;

/**
 * Starts a run whose id it shares with those before it: at most one goes on at a time.
 * @throws ExitError when another one does
 */
export async function startRun(
  connection: Connection,
  namespace: string,
  transfer: Transfer,
  taskQueue: string,
  data: TemporalData,
  log: Logger,
): Promise<WorkflowHandle> {
  const client = new Client({ connection, namespace, dataConverter: data.dataConverter });
  const workflowId = runWorkflowId(transfer);
  const input: BatchTransferInput = { transfer, previous: [] };
  const start = (searchable: boolean): Promise<WorkflowHandle> =>
    client.workflow.start(WORKFLOW_TYPES.batchTransfer, {
      workflowId,
      taskQueue,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      staticSummary: summary(transfer),
      ...(searchable && { typedSearchAttributes: searchAttributes(transfer, data.encrypts) }),
    });
  const searchable = await ensureSearchAttributes(connection, namespace, log);
  try {
    return await start(searchable).catch((error: unknown) => {
      // registered, but not yet known to every part of the server
      if (searchable && grpcCode(error) === INVALID_ARGUMENT) return start(false);
      throw error;
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const name = `${transfer.namespace}/${transfer.name}`;
    throw new ExitError(
      1,
      `a run of ${name} goes on already: wait until it has ended or, if its program is gone, terminate ${workflowId} ` +
        `in the Temporal namespace ${namespace}`,
    );
  }
}
