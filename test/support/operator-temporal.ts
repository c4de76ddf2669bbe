import type {
  BatchTransferInput,
  DeleteTransferInput,
  PlanTransferInput,
  RunProgress,
  RunResult,
  Transfer,
} from '../../workflows/contract.ts';
import { hasSameResult } from '../../workflows/contract/revision.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import { TemporalUnavailable } from '../../operator/apply/temporal-port.ts';
import type { TemporalPort } from '../../operator/apply/temporal-port.ts';
import type {
  Message,
  RunReport,
  RunningReport,
  ScheduleInput,
  ScheduleReport,
} from '../../operator/reconcile/actions.ts';
import { FakeSchedules } from './fake-schedules.ts';

interface Workflow {
  report: RunReport;
  input: BatchTransferInput | DeleteTransferInput | PlanTransferInput;
  /** The newest generation that it was told of. */
  revised?: number;
}

export const NOTHING = { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 };

export function runningReport(more: Partial<RunningReport> = {}): RunningReport {
  return { state: 'running', startTime: new Date().toISOString(), cancelRequested: false, ...more };
}

export function runResult(keys: string[]): RunResult {
  const metadata = { format: 'csv', columns: [{ name: 'a', type: 'int64', nullable: true }] };
  const objects = keys.map((key) => ({
    endpoint: 'http://localhost:9000',
    bucket: 'bucket',
    key,
    etag: '"1"',
    bytes: 1,
  }));
  return {
    objects,
    objectCount: objects.length,
    statistics: { rowsRead: 3, rowsWritten: 2, bytesRead: 30, bytesWritten: 20 },
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:02.500Z',
    durationSeconds: 2.5,
    source: metadata,
    destination: { ...metadata, format: 'parquet' },
    warnings: [],
  };
}

export function planReport(more: Partial<PlanReport> = {}): PlanReport {
  const { source, destination } = runResult([]);
  return {
    source,
    destination,
    conversions: [],
    warnings: [],
    reads: { objects: 1, bytes: 30 },
    writes: { location: 's3://bucket/out', operation: 'Overwrite', present: 'nothing' },
    chunks: 1,
    slices: 1,
    requests: { get: 6, put: 1, part: 0, delete: 0 },
    permissions: [{ side: 'source', request: 'GET', location: 's3://bucket/in.csv', outcome: 'allowed' }],
    ...more,
  };
}

/** Temporal with its rules for workflow ids, a worker that does what the test says, and the store it writes to. */
export class FakeTemporal implements TemporalPort {
  readonly workflows = new Map<string, Workflow>();
  readonly schedules = new FakeSchedules({
    start: (workflowId, input) => this.#start(workflowId, input),
    isRunning: (workflowId) => this.workflows.get(workflowId)?.report.state === 'running',
    resultOf: (workflowId) => {
      const report = this.workflows.get(workflowId)?.report;
      return report?.state === 'completed' ? report.result.objects : undefined;
    },
  });
  /** Keys visible at the destination. */
  readonly store = new Set<string>();
  /** Every accepted start, in order. */
  readonly starts: string[] = [];
  up = true;
  hook: (when: 'before' | 'after', what: string) => void = () => undefined;

  async startRun(workflowId: string, input: BatchTransferInput): Promise<void> {
    this.#answer('start');
    if (!this.workflows.has(workflowId)) this.#start(workflowId, input);
    this.hook('after', 'start');
  }

  async startPlan(workflowId: string, input: PlanTransferInput): Promise<void> {
    this.#answer('startPlan');
    if (!this.workflows.has(workflowId)) this.#start(workflowId, input);
    this.hook('after', 'startPlan');
  }

  async startDelete(workflowId: string, input: DeleteTransferInput): Promise<void> {
    this.#answer('startDelete');
    const state = this.workflows.get(workflowId)?.report.state;
    if (state !== 'running' && state !== 'deleted') this.#start(workflowId, input);
    this.hook('after', 'startDelete');
  }

  async describe(workflowId: string): Promise<RunReport> {
    this.#answer('describe');
    return this.workflows.get(workflowId)?.report ?? { state: 'absent' };
  }

  async describeSchedule(scheduleId: string): Promise<ScheduleReport> {
    this.#answer('describeSchedule');
    return this.schedules.describe(scheduleId);
  }

  async putSchedule(scheduleId: string, schedule: ScheduleInput): Promise<void> {
    this.#answer('putSchedule');
    this.schedules.put(scheduleId, schedule);
    this.hook('after', 'putSchedule');
  }

  async pauseSchedule(scheduleId: string): Promise<void> {
    this.#answer('pauseSchedule');
    this.schedules.pause(scheduleId);
    this.hook('after', 'pauseSchedule');
  }

  async triggerSchedule(scheduleId: string, requestId: string): Promise<void> {
    this.#answer('triggerSchedule');
    this.schedules.trigger(scheduleId, requestId);
    this.hook('after', 'triggerSchedule');
  }

  async deleteSchedule(scheduleId: string): Promise<void> {
    this.#answer('deleteSchedule');
    this.schedules.all.delete(scheduleId);
    this.hook('after', 'deleteSchedule');
  }

  async transferOf(workflowId: string): Promise<Transfer | undefined> {
    this.#answer('transferOf');
    return this.workflows.get(workflowId)?.input.transfer;
  }

  async cancel(workflowId: string): Promise<void> {
    this.#answer('cancel');
    const workflow = this.workflows.get(workflowId);
    if (workflow?.report.state === 'running') workflow.report = { ...workflow.report, cancelRequested: true };
    this.hook('after', 'cancel');
  }

  /** What was told to running workflows, in order. */
  readonly told: { workflowId: string; message: Message }[] = [];

  async tell(workflowId: string, message: Message): Promise<boolean> {
    this.#answer('tell');
    const workflow = this.workflows.get(workflowId);
    if (workflow?.report.state !== 'running' || !('previous' in workflow.input)) return false;
    this.told.push({ workflowId, message });
    const parked = workflow.report.progress?.parked;
    if (message.name === 'revise') {
      const { transfer } = message.argument;
      if (!hasSameResult(workflow.input.transfer, transfer))
        throw new Error(`INVARIANT: ${workflowId} is to copy something else`);
      workflow.revised = Math.max(workflow.revised ?? 0, transfer.generation);
      this.#resume(workflow);
    } else if (message.argument.parkedSince === parked?.since) this.#resume(workflow);
    this.hook('after', 'tell');
    return true;
  }

  /** Lets a run become Fatal and wait for help, if it was started so. */
  park(workflowId: string): void {
    const workflow = this.workflows.get(workflowId);
    if (workflow?.report.state !== 'running' || !('parkFor' in workflow.input)) return;
    this.#parked += 1;
    const parked = {
      since: new Date(this.#parked * 1_000).toISOString(),
      until: new Date((this.#parked + workflow.input.parkFor!) * 1_000).toISOString(),
    };
    const failure = { code: 'AccessDenied', message: 'because', attempt: 0, maxAttempts: 0 };
    const progress: RunProgress = {
      state: 'Fatal',
      phase: 'parked',
      startedAt: workflow.report.startTime,
      chunksTotal: 8,
      chunksDone: 3,
      statistics: NOTHING,
      failure,
      parked,
      warnings: [],
    };
    workflow.report = { ...workflow.report, progress };
  }

  #resume(workflow: Workflow): void {
    if (workflow.report.state !== 'running') return;
    const { progress: _, ...report } = workflow.report;
    workflow.report = report;
  }

  #parked = 0;

  ended(): Promise<void> {
    return new Promise(() => undefined);
  }

  async ping(): Promise<boolean> {
    return this.up;
  }

  async close(): Promise<void> {}

  get running(): [string, Workflow][] {
    return [...this.workflows].filter(([, { report }]) => report.state === 'running');
  }

  /** Lets a running workflow end; a cancelled run ends cancelled unless it was already past publishing. */
  finish(workflowId: string, how: 'success' | 'failure' | 'terminated'): void {
    const workflow = this.workflows.get(workflowId);
    if (workflow?.report.state !== 'running') return;
    const { input, report } = workflow;
    const ended = { message: 'because', closeTime: new Date(0).toISOString() };
    if ('objects' in input) {
      if (how !== 'success') workflow.report = { state: how === 'failure' ? 'failed' : how, ...ended };
      else {
        for (const { key } of input.objects) this.store.delete(key);
        workflow.report = { state: 'deleted', data: { deleted: [], kept: [] } };
      }
    } else if (how === 'success') {
      if (!('previous' in input)) {
        workflow.report = { state: 'planned', report: planReport() };
        return;
      }
      const { objectKey } = input.transfer.destination;
      for (const { key } of input.previous) this.store.delete(key);
      this.store.add(objectKey);
      workflow.report = { state: 'completed', result: runResult([objectKey]) };
    } else if (report.cancelRequested) workflow.report = { state: 'cancelled', ...ended };
    else workflow.report = { state: how === 'failure' ? 'failed' : how, ...ended };
  }

  #start(workflowId: string, input: Workflow['input']): void {
    const uid = workflowId.split('/').slice(0, 4).join('/');
    const other = this.running.find(([id]) => id.startsWith(`${uid}/`));
    if (other) throw new Error(`INVARIANT: ${workflowId} started while ${other[0]} runs`);
    this.starts.push(workflowId);
    this.workflows.set(workflowId, { input, report: runningReport() });
  }

  #answer(what: string): void {
    if (!this.up) throw new TemporalUnavailable('connection refused');
    this.hook('before', what);
  }
}
