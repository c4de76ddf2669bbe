import type { MotionStatus } from '../../operator/api/motion-status.ts';
import { kubectl } from './kubernetes.ts';
import { poll } from './poll.ts';

/** A BatchTransfer of motion.fybrik.io. */
export function motionTransfer(namespace: string, name: string, spec: object): object {
  return {
    apiVersion: 'motion.fybrik.io/v1alpha1',
    kind: 'BatchTransfer',
    metadata: { namespace, name },
    spec,
  };
}

/**
 * Waits until the status is one of these.
 * @param resource as kubectl takes it, e.g. `batchtransfer.motion.fybrik.io/copy`
 */
export async function untilMotionStatus(
  namespace: string,
  resource: string,
  states: string[],
  isWanted: (status: MotionStatus) => boolean = () => true,
): Promise<MotionStatus> {
  return poll(
    async () => {
      const { stdout } = await kubectl(['get', resource, '-n', namespace, '-o', 'json']);
      const { status = {} } = JSON.parse(stdout || '{}') as { status?: MotionStatus };
      return status;
    },
    (status) => states.includes(status.status ?? '') && isWanted(status),
    `${resource} to be ${states.join(' or ')}`,
  );
}

export async function untilMotionGone(namespace: string, resource: string): Promise<void> {
  await poll(
    () => kubectl(['get', resource, '-n', namespace, '--ignore-not-found', '-o', 'name']),
    ({ code, stdout }) => code === 0 && stdout === '',
    `${resource} to be gone`,
  );
}
