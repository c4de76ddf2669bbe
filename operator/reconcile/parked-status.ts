import { createHash } from 'node:crypto';
import type { RunProgress } from '../../workflows/contract.ts';
import type { Parked } from '../../workflows/contract/control.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Action } from './actions.ts';
import { hintFor } from './hints.ts';
import type { TransferResource } from './resource.ts';
import { MAX_ERROR_LENGTH, observed, progressOf, withConditions, without } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/** Written by kubectl apply: it says nothing that the spec does not. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type ParkedProgress = RunProgress & { parked: Parked };

export const isParked = (progress: RunProgress | undefined): progress is ParkedProgress =>
  progress?.parked !== undefined;

/** The run is Fatal, and waits for somebody who repairs the cause. @param touch of `touchOf` */
export function parkedStatus(
  context: StatusContext,
  progress: ParkedProgress,
  touch: string,
): ResourceStatus {
  const { present, workflowId } = context;
  const { failure, parked } = progress;
  const { code, message = 'the run has failed' } = failure ?? {};
  const hint = hintFor(code);
  const help = 'Then change or touch the resource, or send the update `retry`: the run goes on.';
  const kept = `Kept until ${parked.until}. ${hint === undefined ? '' : `${hint} `}${help}`;
  return withConditions(
    context,
    {
      ...without(present, 'hint', 'retry'),
      active: workflowId,
      startTime: present.startTime ?? progress.startedAt,
      status: 'Fatal',
      error: message.slice(0, MAX_ERROR_LENGTH),
      ...(hint !== undefined && { hint }),
      parked: { ...parked, touch },
      progress: progressOf(progress),
      ...observed(context, progress),
    },
    {
      Ready: ['False', 'Parked', message],
      Progressing: ['False', 'Parked', kept],
      Stalled: ['True', 'Parked', message],
    },
  );
}

/** Once per time that a run is parked. */
export function parkedEvent(
  { present, workflowId }: StatusContext,
  { failure, parked }: ParkedProgress,
): Action[] {
  if (present.parked?.since === parked.since) return [];
  const message = failure?.message ?? 'the run has failed';
  const discriminator = `${workflowId} ${parked.since}`;
  return [{ type: 'event', eventType: 'Warning', reason: 'Fatal', message, discriminator }];
}

/** Tells a parked run to go on, when the resource was touched after it had been parked. */
export function resumed(
  { present, workflowId }: StatusContext,
  { parked }: ParkedProgress,
  touch: string,
): Action[] {
  if (present.parked?.since !== parked.since || present.parked.touch === touch) return [];
  const argument = { parkedSince: parked.since };
  const message = 'The resource was touched; the run goes on from the chunks that are done.';
  return [
    { type: 'tell', workflowId, what: { name: 'retry', argument } },
    {
      type: 'event',
      eventType: 'Normal',
      reason: 'Resumed',
      message,
      discriminator: `${workflowId} ${parked.since} ${touch}`,
    },
  ];
}

/** Changes when somebody changes the labels or annotations of a resource. */
export function touchOf({ metadata: { labels = {}, annotations = {} } }: TransferResource): string {
  const { [LAST_APPLIED]: _, ...others } = annotations;
  const entries = [labels, others].map((map) => Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16);
}
