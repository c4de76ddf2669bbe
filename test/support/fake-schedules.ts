import { runWorkflowId } from '../../workflows/contract.ts';
import type { BatchTransferInput, WrittenObject } from '../../workflows/contract.ts';
import type { PresentSchedule, ScheduleInput, ScheduleReport } from '../../operator/reconcile/actions.ts';

interface Schedule {
  schedule: ScheduleInput;
  started: PresentSchedule['recent'];
  requests: Set<string>;
}

/** What a schedule does with its runs. */
interface Runs {
  start(workflowId: string, input: BatchTransferInput): void;
  isRunning(workflowId: string): boolean;
  /** What a run published that has succeeded. */
  resultOf(workflowId: string): WrittenObject[] | undefined;
}

/** Temporal's rules for schedules: a run at a time, none while it is paused unless it is asked for. */
export class FakeSchedules {
  readonly all = new Map<string, Schedule>();
  readonly #runs: Runs;
  #seconds = 0;

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  describe(scheduleId: string): ScheduleReport {
    const found = this.all.get(scheduleId);
    if (!found) return { state: 'absent' };
    const { input, generation, since, paused } = found.schedule;
    return {
      state: 'present',
      // as JSON brings it
      ...JSON.parse(JSON.stringify({ input, generation, since, paused })),
      taskQueue: 'ddc',
      nextTime: '2026-06-01T00:00:00.000Z',
      runsStarted: found.started.length,
      recent: found.started.slice(-10),
    };
  }

  put(scheduleId: string, schedule: ScheduleInput): void {
    const { started = [], requests = new Set<string>() } = this.all.get(scheduleId) ?? {};
    this.all.set(scheduleId, { schedule, started, requests });
  }

  pause(scheduleId: string): void {
    const found = this.all.get(scheduleId);
    if (found) found.schedule = { ...found.schedule, paused: true };
  }

  trigger(scheduleId: string, requestId: string): void {
    const found = this.all.get(scheduleId);
    if (!found || found.requests.has(requestId)) return;
    found.requests.add(requestId);
    this.#start(found);
  }

  /** The time of every schedule has come. */
  tick(): void {
    for (const found of this.all.values()) if (!found.schedule.paused) this.#start(found);
  }

  #start(found: Schedule): void {
    const { started, schedule } = found;
    if (started.some(({ workflowId }) => this.#runs.isRunning(workflowId))) return;
    this.#seconds += 1;
    const startedAt = new Date(Date.UTC(2026, 0, 1) + this.#seconds * 1_000).toISOString();
    const { input } = schedule;
    const workflowId = `${runWorkflowId(input.transfer)}-${startedAt.replace('.000', '')}`;
    const last = started.findLast((run) => this.#runs.resultOf(run.workflowId) !== undefined);
    const previous = last === undefined ? input.previous : this.#runs.resultOf(last.workflowId)!;
    this.#runs.start(workflowId, { ...input, previous });
    started.push({ workflowId, startedAt });
  }
}
