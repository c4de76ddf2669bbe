import { planWorkflowId } from '../../workflows/contract.ts';
import type { Action, RunReport } from './actions.ts';
import { planFailedStatus, planSummary, plannedStatus, planningStatus } from './plan-status.ts';
import { pollDelay } from './poll.ts';
import { identityOf, isDryRun } from './resource.ts';
import type { TransferResource } from './resource.ts';
import type { StatusContext } from './run-status.ts';

/**
 * A resource that is only to be planned. As with a run, `status.active` names the plan before it is started: when the
 * resource changes meanwhile, the plan is ended like a run of before.
 */
export function reconcileDryRun(context: StatusContext, report: RunReport): Action[] {
  const { workflowId, transfer, now } = context;
  const watched: Action[] = [{ type: 'awaitEnd', workflowId }];
  switch (report.state) {
    case 'absent':
      return [
        { type: 'status', status: planningStatus(context) },
        { type: 'startPlan', workflowId, input: { transfer } },
        ...watched,
        { type: 'requeueAfter', milliseconds: pollDelay(now.toISOString(), now) },
      ];
    case 'running':
      return [
        { type: 'status', status: planningStatus(context, report) },
        ...watched,
        { type: 'requeueAfter', milliseconds: pollDelay(report.startTime, now) },
      ];
    case 'planned': {
      const message = planSummary(report.report);
      return [
        { type: 'event', eventType: 'Normal', reason: 'Planned', message, discriminator: workflowId },
        { type: 'status', status: plannedStatus(context, report.report) },
      ];
    }
    case 'completed':
    case 'deleted':
      return [];
    default: {
      const message =
        report.state === 'failed'
          ? report.message
          : 'the plan was ended before it was made; change the resource to plan it again';
      return [
        { type: 'event', eventType: 'Warning', reason: 'PlanFailed', message, discriminator: workflowId },
        { type: 'status', status: planFailedStatus(context, message) },
      ];
    }
  }
}

/** The plan's workflow id while the resource is only to be planned. */
export function planOfDryRun(resource: TransferResource): string | undefined {
  return isDryRun(resource) ? planWorkflowId(identityOf(resource)) : undefined;
}

/** The status says all there is to say about the plan of this generation. */
export function isPlanned({ metadata, status = {} }: TransferResource, plan: string): boolean {
  if (status.active !== undefined) return false;
  if (status.status === 'Fatal') return status.lastFailed === plan;
  return status.status === 'Pending' && status.plan?.generation === metadata.generation;
}

/** Whether a workflow id is that of a plan, of whatever generation. */
export const isPlanId = (workflowId: string): boolean => /\/plan\/\d+$/.test(workflowId);
