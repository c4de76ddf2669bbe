import { proxyActivities, ActivityCancellationType } from '@temporalio/workflow';
import type { BatchActivities } from './contract.ts';

/** A worker that stops heartbeating is dead after so long; another takes the activity. */
const HEARTBEAT_TIMEOUT = '10s';

/** An activity whose worker has died so often is to blame itself, and must not go on killing workers unseen. */
export const MAXIMUM_ATTEMPTS = 10;

/**
 * The batch activities. Temporal itself retries only what says nothing about the transfer: a worker that died or is
 * shutting down. Every other failure comes back to the workflow, and so does the last of MAXIMUM_ATTEMPTS.
 */
export const activities = proxyActivities<BatchActivities>({
  startToCloseTimeout: '24h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 1.5,
    maximumInterval: '10s',
    maximumAttempts: MAXIMUM_ATTEMPTS,
  },
});
