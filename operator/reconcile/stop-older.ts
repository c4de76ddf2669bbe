import { renderErrors } from '../api/index.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Action, Observation, RunReport, RunningReport } from './actions.ts';
import { isPlanId } from './dry-run.ts';
import { recordOf, withRecord } from './history.ts';
import { refusedEvent } from './refusal.ts';
import { MAX_ERROR_LENGTH, historyLimits, published, withConditions, without } from './run-status.ts';

/** The spec has changed while a run of its predecessor goes on: that run has to end first. */
export function stopOlder(
  observation: Observation,
  workflowId: string,
  report: RunningReport,
  present: ResourceStatus = observation.resource.status ?? {},
): Action[] {
  const { resource, parsed, now } = observation;
  const kept = without(present, 'error', 'hint', 'parked', 'progress', 'retry');
  const former = isPlanId(workflowId) ? 'the plan' : 'the run of the previous spec';
  const status = withConditions(
    { present, generation: resource.metadata.generation, now },
    {
      ...kept,
      active: workflowId,
      status: parsed.ok ? 'Pending' : parsed.state,
      ...(!parsed.ok && { error: renderErrors(parsed.errors).slice(0, MAX_ERROR_LENGTH) }),
    },
    {
      Ready: ['False', 'Pending', `The resource has changed; ${former} is being stopped.`],
      Progressing: ['True', 'StoppingPreviousRun', `Waiting until ${former} has stopped.`],
      Stalled: ['False', 'Pending', ''],
    },
  );
  return [
    ...(parsed.ok ? [] : refusedEvent(resource, parsed, present)),
    ...(report.cancelRequested ? [] : [{ type: 'cancel', workflowId } as const]),
    { type: 'status', status },
    { type: 'awaitEnd', workflowId },
    { type: 'requeueAfter', milliseconds: 2_000 },
  ];
}

/** The status with what it keeps of a run whose spec is no longer the present one. */
export function withOutcome(
  { parsed }: Pick<Observation, 'parsed'>,
  present: ResourceStatus,
  workflowId: string,
  report: RunReport,
): ResourceStatus {
  const idle = without(present, 'active', 'hint', 'parked', 'revised');
  switch (report.state) {
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'terminated':
    case 'timedOut': {
      if (isPlanId(workflowId)) return idle;
      const history = withRecord(present.history, recordOf(workflowId, report), historyLimits(parsed));
      if (report.state === 'completed') return { ...idle, ...published(workflowId, report.result), history };
      return { ...idle, ...(report.state === 'failed' && { lastFailed: workflowId }), history };
    }
    default:
      return idle;
  }
}
