import { scheduleId } from '../../workflows/contract.ts';
import { identityOf } from './resource.ts';
import type { TransferResource } from './resource.ts';

/** Fields of the status that name what the operator asks Temporal about, cancels or removes. */
const IDS = ['active', 'lastCompleted', 'lastFailed', 'schedule'] as const;

/**
 * The resource as its own workflows are told by its status. Others are not believed: whoever may write a status could have the
 * operator end what another namespace runs, and one that was restored from a backup names those of its former self.
 */
export function withOwnWorkflows(resource: TransferResource): TransferResource {
  const { status } = resource;
  // that of a schedule ends where those of runs differ
  const own = scheduleId(identityOf(resource)).replace(/[^/]*$/, '');
  const foreign = IDS.filter((field) => status?.[field] !== undefined && !status[field].startsWith(own));
  if (status === undefined || foreign.length === 0) return resource;
  const believed = { ...status };
  for (const field of foreign) delete believed[field];
  return { ...resource, status: believed };
}
