import type { Transfer } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Observation } from './actions.ts';
import { placementOf } from './placement.ts';
import { historyLimits } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/** What the status of a run is made from, beside what Temporal says of it. */
export function contextOf(
  observation: Observation,
  transfer: Transfer,
  present: ResourceStatus,
  workflowId: string,
): StatusContext {
  const { resource, parsed, now } = observation;
  const { generation } = resource.metadata;
  const placement = placementOf(transfer, observation);
  return {
    present,
    transfer,
    workflowId,
    parseWarnings: [...parsed.warnings, ...(placement.warning === undefined ? [] : [placement.warning])],
    generation,
    now,
    placement,
    historyLimits: historyLimits(parsed),
  };
}
