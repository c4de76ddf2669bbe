import { regionalTaskQueue } from '../../workflows/contract.ts';
import type { Transfer } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';

/** Where workers take their work from. */
export interface WorkQueues {
  /** Of workers without a region. Those of a region have one that is named after both. */
  taskQueue: string;
  /** That have workers; absent = there is one task queue for all. */
  regions?: readonly string[] | undefined;
}

/** Whose workers do what a transfer asks for. */
export interface Placement {
  taskQueue: string;
  /** For the status; absent where there is one task queue for all. */
  shown?: NonNullable<ResourceStatus['placement']>;
  /** What a person should know. */
  warning?: string;
}

/**
 * The workers of the source's region, so that what transformations hide never leaves it. Where it has none, and nothing is
 * to be hidden, those of the destination's; else those without a region. Runs, plans and the removal of what was written are
 * all placed so: the credentials that one of them needs the others have needed, too.
 */
export function placementOf(
  { source, destination, transformations }: Pick<Transfer, 'source' | 'destination' | 'transformations'>,
  { taskQueue, regions }: WorkQueues,
): Placement {
  if (regions === undefined) return { taskQueue };
  const placed = (region: string | undefined, message: string): Placement => {
    const queue = regionalTaskQueue(taskQueue, region);
    return {
      taskQueue: queue,
      shown: { ...(region !== undefined && { region }), taskQueue: queue, message },
    };
  };
  const { region: from } = source;
  const { region: to } = destination;
  if (from !== undefined && regions.includes(from)) return placed(from, `The source is in region ${from}.`);

  const why =
    from === undefined ? 'The source names no region' : `The source's region ${from} has no workers`;
  const hides = transformations.length > 0;
  if (!hides && to !== undefined && regions.includes(to))
    return placed(to, `${why}; the destination is in region ${to}.`);

  const elsewhere = placed(undefined, `${why}; workers without a region do the work.`);
  if (!hides || from === undefined) return elsewhere;
  const warning =
    `the source's region ${from} has no workers, so that workers outside of it see values that the transformations ` +
    `remove or change; start workers with DDC_REGION=${from} and add ${from} to DDC_REGIONS of the operator`;
  return { ...elsewhere, warning };
}
