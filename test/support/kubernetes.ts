import { clusterOf } from './cluster.ts';

export { batchTransfer } from './cluster.ts';

/** The shared cluster of this run of the tests. */
export const { core, createNamespace, kubectl, apply, getTransfer, untilStatus, untilGone, eventsOf } =
  clusterOf(process.env);
