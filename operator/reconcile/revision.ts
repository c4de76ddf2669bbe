import { hasSameResult } from '../../workflows/contract/revision.ts';
import type { ParsedTransfer, ResourceStatus } from '../api/index.ts';
import type { Action, Observation, RunReport, RunningReport } from './actions.ts';
import { isPlanId } from './dry-run.ts';
import { generationOf } from './run-ids.ts';
import type { TransferResource } from './resource.ts';

/**
 * The run whose original transfer has to be known before it can be said whether it may go on as the resource says now;
 * undefined when none is older than the spec.
 */
export function runToRevise(
  { metadata, status = {} }: TransferResource,
  parsed: ParsedTransfer,
  runs: Record<string, RunReport>,
): string | undefined {
  if (metadata.deletionTimestamp || !parsed.ok) return undefined;
  return Object.keys(runs).find(
    (workflowId) =>
      runs[workflowId]?.state === 'running' && isOutdated(workflowId, metadata.generation, status),
  );
}

function isOutdated(workflowId: string, generation: number, { revised }: ResourceStatus): boolean {
  if (isPlanId(workflowId) || generationOf(workflowId) < 0) return false;
  const known = revised?.workflowId === workflowId ? revised.generation : generationOf(workflowId);
  return known < generation;
}

/**
 * Tells a run of an earlier spec what the present one changes, and notes that in the status; undefined when it cannot go on
 * so, because it copies something else or is being ended, and when it knows already.
 */
export function revision(
  { resource, parsed, former }: Observation,
  workflowId: string,
  report: RunningReport,
  present: ResourceStatus,
): { actions: Action[]; status: ResourceStatus } | undefined {
  const { generation } = resource.metadata;
  if (!parsed.ok || former === undefined || report.cancelRequested || isEnding(report)) return undefined;
  if (!isOutdated(workflowId, generation, present) || !hasSameResult(former, parsed.transfer))
    return undefined;
  const argument = { transfer: parsed.transfer, paused: parsed.policy.paused ?? false };
  return {
    actions: [{ type: 'tell', workflowId, what: { name: 'revise', argument } }],
    status: { ...present, revised: { workflowId, generation } },
  };
}

/** Its outcome is known already, and what remains is tidying up. */
function isEnding({ progress }: RunningReport): boolean {
  return (
    progress !== undefined && progress.parked === undefined && ['Cancelled', 'Fatal'].includes(progress.state)
  );
}
