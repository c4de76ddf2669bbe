import type { Transfer } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Observation } from './actions.ts';
import { historyLimits } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/** What the status of a run is made from, beside what Temporal says of it. */
export function contextOf(
  { resource, parsed, now, taskQueue }: Observation,
  transfer: Transfer,
  present: ResourceStatus,
  workflowId: string,
): StatusContext {
  const { generation } = resource.metadata;
  return {
    present,
    transfer,
    workflowId,
    parseWarnings: parsed.warnings,
    generation,
    now,
    taskQueue,
    historyLimits: historyLimits(parsed),
  };
}
