import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import type {
  Client,
  Connection,
  ScheduleDescription,
  ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import proto from '@temporalio/proto';
import { WORKFLOW_TYPES, runWorkflowId } from '../../workflows/contract.ts';
import type { BatchTransferInput } from '../../workflows/contract.ts';
import type { ScheduleInput, ScheduleReport } from '../reconcile/actions.ts';
import { placementOf } from '../reconcile/placement.ts';
import type { WorkQueues } from '../reconcile/placement.ts';
import { GENERATION, startTexts } from './start-options.ts';
import { schedulePolicies, scheduleSpec } from './schedule-spec.ts';
import { grpcCode } from './temporal-errors.ts';

/** Names of memos, beside the generation, of what a schedule starts. */
const SINCE = 'since';
const NOT_FOUND = 5;
const { SCHEDULE_OVERLAP_POLICY_SKIP } = proto.temporal.api.enums.v1.ScheduleOverlapPolicy;

export interface SchedulesOptions extends WorkQueues {
  client: Client;
  connection: Connection;
  namespace: string;
  /** Adds a deadline, and tells outages from refusals. */
  call: <T>(request: () => Promise<T>) => Promise<T>;
}

/** Temporal Schedules: one for a transfer. */
export class Schedules {
  readonly #options: SchedulesOptions;

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  async describe(scheduleId: string): Promise<ScheduleReport> {
    const { client, call } = this.#options;
    const description = await ifFound(call(() => client.schedule.getHandle(scheduleId).describe()));
    return description === undefined ? { state: 'absent' } : reportOf(description);
  }

  /** @param searchable whether the namespace knows the search attributes */
  async put(scheduleId: string, input: ScheduleInput, searchable: boolean): Promise<void> {
    const { client, call } = this.#options;
    const schedule = {
      spec: scheduleSpec(input.schedule),
      policies: schedulePolicies(input.schedule),
      action: this.#action(input, searchable),
      state: { paused: input.paused },
    };
    try {
      await call(() => client.schedule.create({ scheduleId, ...schedule }));
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await call(() => client.schedule.getHandle(scheduleId).update(() => schedule));
    }
  }

  async pause(scheduleId: string): Promise<void> {
    const { client, call } = this.#options;
    await ifFound(call(() => client.schedule.getHandle(scheduleId).pause('by the DDC operator')));
  }

  async trigger(scheduleId: string, requestId: string): Promise<void> {
    const { connection, namespace, call } = this.#options;
    const patch = { triggerImmediately: { overlapPolicy: SCHEDULE_OVERLAP_POLICY_SKIP } };
    await ifFound(
      call(() => connection.workflowService.patchSchedule({ namespace, scheduleId, requestId, patch })),
    );
  }

  async delete(scheduleId: string): Promise<void> {
    const { client, call } = this.#options;
    await ifFound(call(() => client.schedule.getHandle(scheduleId).delete()));
  }

  #action(
    { input, generation, since }: ScheduleInput,
    searchable: boolean,
  ): ScheduleOptionsStartWorkflowAction<Workflow> {
    const { memo, ...texts } = startTexts(input.transfer, searchable);
    return {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPES.batchTransfer,
      workflowId: runWorkflowId({ ...input.transfer, generation }),
      taskQueue: placementOf(input.transfer, this.#options).taskQueue,
      args: [input],
      memo: { ...memo, [SINCE]: since },
      ...texts,
    };
  }
}

function reportOf({ action, state, info }: ScheduleDescription): ScheduleReport {
  const { memo = {}, args = [], taskQueue } = action;
  const next = info.nextActionTimes[0];
  const generation = Number(memo[GENERATION] ?? 0);
  return {
    state: 'present',
    generation,
    since: Number(memo[SINCE] ?? generation),
    taskQueue,
    // whatever it starts is replaced where it is not ours
    input: (args[0] ?? {}) as BatchTransferInput,
    paused: state.paused,
    ...(next !== undefined && { nextTime: next.toISOString() }),
    runsStarted: info.numActionsTaken,
    recent: info.recentActions.map(({ takenAt, action: { workflow } }) => ({
      workflowId: workflow.workflowId,
      startedAt: takenAt.toISOString(),
    })),
  };
}

/** undefined when there is no such schedule (any more). */
async function ifFound<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError || grpcCode(error) === NOT_FOUND) return undefined;
    throw error;
  }
}
