import { z } from 'zod';
import { groupOf, MOTION_GROUP } from './group.ts';
import type { ResourceType } from './group.ts';
import { statusSchema } from './status.ts';
import type { ResourceStatus } from './status.ts';

/** The states of motion.fybrik.io. Those that watch it give up at FAILED: what recovers is still RUNNING. */
const STATES = {
  Pending: 'STARTING',
  Running: 'RUNNING',
  Succeeded: 'SUCCEEDED',
  Failed: 'RUNNING',
  Fatal: 'FAILED',
  ConfigurationError: 'FAILED',
} as const satisfies Record<NonNullable<ResourceStatus['status']>, string>;

/** The status in motion.fybrik.io; STOPPED and FAILING are of streams. */
export const motionStatusSchema = statusSchema
  .extend({
    status: z
      .enum(['STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED', 'FAILING'])
      .optional()
      .describe(
        'STARTING: not started. RUNNING, also while a failed run recovers: then state is Failed, and the condition Progressing says what is due. SUCCEEDED. FAILED: will not work as it is.',
      ),
    state: statusSchema.shape.status.describe(
      'The same in the words of fybrik.io/v1, which tell more: Pending, Running, Succeeded, Failed (recovering), Fatal or ConfigurationError.',
    ),
  })
  .describe('What DDC has done and is doing about this resource.');

export type MotionStatus = z.infer<typeof motionStatusSchema>;

/** A status as the API server holds it, by the resource's group. */
export type StoredStatus = ResourceStatus | MotionStatus;

/** What is written into a resource. The only place, with the next one, that knows of two vocabularies. */
export function storedStatus(
  { apiVersion }: Pick<ResourceType, 'apiVersion'>,
  status: ResourceStatus,
): StoredStatus {
  if (groupOf({ apiVersion }) !== MOTION_GROUP) return status;
  const { status: state, ...rest } = status;
  return { ...rest, ...(state !== undefined && { status: STATES[state], state }) };
}

/** What is read from a resource; undefined when another operator has written it, which tells nothing of our runs. */
export function ownStatus(
  { apiVersion }: Pick<ResourceType, 'apiVersion'>,
  stored: StoredStatus,
): ResourceStatus | undefined {
  if (groupOf({ apiVersion }) !== MOTION_GROUP) return stored as ResourceStatus;
  const { state, status, ...rest } = stored as MotionStatus;
  if (state === undefined) return status === undefined ? rest : undefined;
  return { ...rest, status: state };
}
