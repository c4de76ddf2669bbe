import type { EgressPolicy } from '../../egress/policy.ts';
import { validateTransfer } from '../api/index.ts';
import type { ClauseCheck, ParseEnvironment, ParsedTransfer } from '../api/index.ts';
import { KubernetesError } from '../kubernetes.ts';
import type { Action, Observation } from '../reconcile/actions.ts';
import { standIn } from '../reconcile/deletion.ts';
import type { WorkQueues } from '../reconcile/placement.ts';
import { SOONEST } from '../reconcile/poll.ts';
import { withOwnWorkflows } from '../reconcile/own-workflows.ts';
import { reconcile, scheduleToDescribe, workflowsToDescribe } from '../reconcile/reconcile.ts';
import type { TransferResource } from '../reconcile/resource.ts';
import { runToRevise } from '../reconcile/revision.ts';
import type { ResourceCache } from '../watch/cache.ts';
import type { HandlerResult } from '../watch/queue.ts';
import type { EndWatch } from './end-watch.ts';
import type { EventRecorder } from './events.ts';
import { perform } from './perform.ts';
import type { PollBudget } from './poll-budget.ts';
import type { TemporalGate } from './temporal-gate.ts';
import { TemporalUnavailable } from './temporal-port.ts';
import type { TemporalPort } from './temporal-port.ts';
import type { TransferWriter } from './transfers.ts';

/** Polls that found nothing new are this many times rarer at most. */
const MAX_SLOWDOWN = 2;

export interface ReconcilerOptions extends WorkQueues {
  cache: ResourceCache;
  writer: TransferWriter;
  events: EventRecorder;
  temporal: TemporalPort;
  gate: TemporalGate;
  ends: EndWatch;
  budget: PollBudget;
  environment: ParseEnvironment;
  clauses: ClauseCheck;
  egress: EgressPolicy;
  /** Seconds for which runs that are Fatal are parked; absent = they are not. */
  parkFor?: number | undefined;
  /** Whether this process is still the leader. */
  mayAct: () => boolean;
}

/** Handles one key of the work queue: looks at resource and runs, decides, acts. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Key -> polls in a row that changed nothing. */
  readonly #unchanged = new Map<string, number>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async handle(key: string): Promise<HandlerResult> {
    const { cache, gate } = this.#options;
    try {
      const removed = cache.getRemoved(key);
      if (removed) await this.#stopOrphan(key, withOwnWorkflows(removed));
      const resource = cache.get(key);
      if (resource) return await this.#reconcile(key, withOwnWorkflows(resource));
      this.#unchanged.delete(key);
      return undefined;
    } catch (error) {
      if (!(error instanceof TemporalUnavailable)) throw error;
      gate.wait(key);
      gate.close(error);
      return 'retry';
    }
  }

  /** A resource that went without waiting for its run (noFinalizer): nobody wants the run any more. */
  async #stopOrphan(key: string, removed: TransferResource): Promise<void> {
    const { cache, temporal, mayAct } = this.#options;
    const { active, schedule } = removed.status ?? {};
    if (schedule && mayAct()) await temporal.deleteSchedule(schedule);
    if (active && mayAct()) await temporal.cancel(active);
    cache.forget(key);
  }

  async #reconcile(key: string, resource: TransferResource): Promise<HandlerResult> {
    const { cache, writer, temporal, gate, ends, budget, environment, clauses, egress } = this.#options;
    const { taskQueue, regions } = this.#options;
    const parsed = await validateTransfer(resource, environment, clauses, egress);
    const { runs, schedule } = await this.#observe(resource, parsed);
    if (!runs) gate.wait(key);
    const stand = runs && standIn(resource, parsed, runs);
    const older = runs && runToRevise(resource, parsed, runs);
    const now = new Date();
    const actions = reconcile({
      resource,
      parsed,
      runs,
      schedule,
      standIn: stand === undefined ? undefined : await temporal.transferOf(stand),
      former: older === undefined ? undefined : await temporal.transferOf(older),
      parkFor: this.#options.parkFor,
      now,
      taskQueue,
      regions,
    });
    const effects = {
      ...this.#options,
      onWritten: (written: TransferResource) => {
        // the last finalizer of a deleted resource is gone, and so is the resource
        const { deletionTimestamp, finalizers = [] } = written.metadata;
        if (!deletionTimestamp || finalizers.length > 0) cache.put(written);
      },
      now: () => now,
    };
    try {
      const outlook = await perform(resource, actions, effects);
      for (const workflowId of outlook.awaited) ends.watch(workflowId, key);
      if (outlook.retry) return 'retry';
      if (outlook.requeueAt) return budget.reserve(outlook.requeueAt.getTime() - now.getTime());
      if (outlook.requeueAfter === undefined) return undefined;
      const delay = outlook.requeueAfter * this.#slowdown(key, actions);
      // sooner than any poll: to see what comes of what was just done
      return outlook.requeueAfter < SOONEST ? delay : budget.reserve(delay);
    } catch (error) {
      if (!(error instanceof KubernetesError) || (error.status !== 404 && error.status !== 409)) throw error;
      return await this.#refresh(resource, writer, cache);
    }
  }

  /** No runs when Temporal does not answer. */
  async #observe(
    resource: TransferResource,
    parsed: ParsedTransfer,
  ): Promise<Pick<Observation, 'runs' | 'schedule'>> {
    const { temporal, gate } = this.#options;
    const scheduleId = scheduleToDescribe(resource, parsed);
    const asked = scheduleId !== undefined || workflowsToDescribe(resource, parsed).length > 0;
    if (asked && !gate.open) return { runs: undefined };
    try {
      const schedule = scheduleId === undefined ? undefined : await temporal.describeSchedule(scheduleId);
      const ids = workflowsToDescribe(resource, parsed, schedule);
      const reports = await Promise.all(ids.map(async (id) => [id, await temporal.describe(id)] as const));
      return { runs: Object.fromEntries(reports), schedule };
    } catch (error) {
      if (!(error instanceof TemporalUnavailable)) throw error;
      gate.close(error);
      return { runs: undefined };
    }
  }

  #slowdown(key: string, actions: readonly Action[]): number {
    const polls = actions.some(({ type }) => type === 'status') ? 0 : (this.#unchanged.get(key) ?? 0) + 1;
    this.#unchanged.set(key, polls);
    return Math.min(MAX_SLOWDOWN, 1 + polls / 2);
  }

  /** The resource has changed or gone since it was seen. */
  async #refresh(
    resource: TransferResource,
    writer: TransferWriter,
    cache: ResourceCache,
  ): Promise<HandlerResult> {
    try {
      cache.put(await writer.read(resource));
      return 'retry';
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.status !== 404) throw error;
      cache.remove(resource);
      return 0;
    }
  }
}
