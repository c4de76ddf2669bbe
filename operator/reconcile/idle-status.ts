import type { ResourceStatus, RunPolicy } from '../api/index.ts';
import type { Verdicts } from './conditions.ts';
import { SUSPENDED } from './direct-run.ts';
import { trimmed } from './history.ts';
import { generationOf } from './run-ids.ts';
import { MAX_DESCRIPTION_LENGTH, withConditions, without, withoutRun } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/**
 * Between the runs of a schedule: the state is that of the last run, and a condition says when the next one is due.
 * @param since the generation whose runs have done what is asked for now: before the first of them it is Pending
 */
export function idleStatus(context: StatusContext, policy: RunPolicy, since: number): ResourceStatus {
  const { present, transfer, historyLimits } = context;
  const { status, lastCompleted = '', lastFailed = '' } = present;
  const last = status === 'Succeeded' ? lastCompleted : status === 'Fatal' ? lastFailed : '';
  const common = {
    sourceDescription: transfer.source.description.slice(0, MAX_DESCRIPTION_LENGTH),
    destinationDescription: transfer.destination.description.slice(0, MAX_DESCRIPTION_LENGTH),
    history: trimmed(present.history, historyLimits),
  };
  const Progressing = due(present.nextScheduleTime, policy);
  if (generationOf(last) >= since)
    return withConditions(context, { ...without(present, 'active', 'retry'), ...common }, { Progressing });
  return withConditions(
    context,
    { ...withoutRun(present), ...common, status: 'Pending' },
    {
      Ready: ['False', 'Pending', 'No run of this spec has been due yet.'],
      Progressing,
      Stalled: ['False', 'Pending', ''],
    },
  );
}

function due(nextTime: string | undefined, { suspend }: RunPolicy): Verdicts['Progressing'] {
  if (suspend) return ['False', 'Suspended', SUSPENDED];
  const message = nextTime === undefined ? 'No time is known yet.' : `The next run is due at ${nextTime}.`;
  return ['False', 'Scheduled', message];
}
