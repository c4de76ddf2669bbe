import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import type { PresentSchedule } from '../../operator/reconcile/actions.ts';
import { specTo } from './operator-cluster.ts';
import { decide, finalized, resourceOf, RUN, statusOf } from './situations.ts';

/** Situations of a resource with a schedule. */
export const spec = specTo('out', { schedule: '0 3 * * *' });
export const NEXT = '2026-01-01T03:00:00.000Z';
/** A run of it. */
export const FIRST = `${RUN}-2026-01-01T00:00:30Z`;

/** What Temporal says of its Temporal Schedule. */
export function schedule(
  more: Partial<PresentSchedule> & { of?: object; generation?: number } = {},
): PresentSchedule {
  const { of = spec, generation = 2, ...rest } = more;
  const parsed = parseTransfer(resourceOf({ spec: of, metadata: { generation } }), {});
  if (!parsed.ok) throw new Error('invalid');
  return {
    state: 'present',
    generation,
    since: generation,
    taskQueue: 'ddc',
    input: { transfer: parsed.transfer, previous: [] },
    paused: false,
    nextTime: NEXT,
    runsStarted: 0,
    recent: [],
    ...rest,
  };
}

/** Its status between two runs. */
export const between: ResourceStatus = statusOf(decide({ spec, metadata: finalized, schedule: schedule() }));
