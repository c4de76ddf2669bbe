import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import {
  NamespaceNotFoundError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import type { WorkflowIdReusePolicy } from '@temporalio/common';
import type { Logger } from 'pino';
import type { TemporalData } from '../../codec/temporal-data.ts';
import { QUERY_PROGRESS, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import type {
  BatchTransferInput,
  DeletedData,
  DeleteTransferInput,
  PlanTransferInput,
  RunProgress,
  RunResult,
  Transfer,
} from '../../workflows/contract.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import type {
  CompletedReport,
  EndedReport,
  Message,
  RunReport,
  ScheduleInput,
  ScheduleReport,
} from '../reconcile/actions.ts';
import { placementOf } from '../reconcile/placement.ts';
import type { WorkQueues } from '../reconcile/placement.ts';
import { KnownProgress } from './known-progress.ts';
import { pendingWork, withHeartbeats } from './pending-work.ts';
import { Schedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { GENERATION, startTexts } from './start-options.ts';
import { endedReport, grpcCode, grpcMessage, isUnavailable } from './temporal-errors.ts';
import { TemporalUnavailable } from './temporal-port.ts';
import type { TemporalPort } from './temporal-port.ts';
import { isUntaken } from './untaken.ts';

/** Milliseconds. */
const CALL_TIMEOUT = 5_000;
const QUERY_TIMEOUT = 2_000;
const LONG_POLL_TIMEOUT = 70_000;
/** After a query that nobody answered, none is sent for so long: each would hold up a resource's turn. */
const QUERY_PAUSE = 5_000;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;

export interface TemporalOptions extends WorkQueues {
  /** host:port */
  address: string;
  namespace: string;
  data: TemporalData;
  log: Logger;
}

/** Connects lazily: an absent server is an outage of single calls. */
export function openTemporal(options: TemporalOptions): TemporalPort {
  const connection = Connection.lazy({
    address: options.address,
    // the work queue decides when to try again
    interceptors: [],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2_000 },
  });
  return new Temporal(options, connection);
}

class Temporal implements TemporalPort {
  readonly #options: TemporalOptions;
  readonly #connection: Connection;
  readonly #client: Client;
  readonly #schedules: Schedules;
  #searchable: Promise<boolean> | undefined;
  #noQueriesUntil = 0;
  readonly #known = new KnownProgress();

  constructor(options: TemporalOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
    const { namespace, taskQueue, regions, data } = options;
    const client = new Client({ connection, namespace, dataConverter: data.dataConverter });
    this.#client = client;
    const call = <T>(request: () => Promise<T>): Promise<T> => this.#call(request);
    this.#schedules = new Schedules({ client, connection, namespace, taskQueue, regions, data, call });
  }

  async startRun(workflowId: string, input: BatchTransferInput): Promise<void> {
    await this.#start(WORKFLOW_TYPES.batchTransfer, workflowId, input.transfer, input, 'REJECT_DUPLICATE');
  }

  async startPlan(workflowId: string, input: PlanTransferInput): Promise<void> {
    await this.#start(WORKFLOW_TYPES.planTransfer, workflowId, input.transfer, input, 'REJECT_DUPLICATE');
  }

  async startDelete(workflowId: string, input: DeleteTransferInput): Promise<void> {
    const policy = 'ALLOW_DUPLICATE_FAILED_ONLY';
    await this.#start(WORKFLOW_TYPES.deleteTransfer, workflowId, input.transfer, input, policy);
  }

  async describe(workflowId: string): Promise<RunReport> {
    const handle = this.#client.workflow.getHandle(workflowId);
    const description = await this.#call(() => handle.describe()).catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
    if (!description) return { state: 'absent' };
    if (description.status.name !== 'RUNNING' && description.status.name !== 'PAUSED')
      return this.#closed(description);
    const { data } = this.#options;
    const pending = await pendingWork(description.raw, data);
    const generation = description.memo?.[GENERATION];
    const progress = pending.unstartedSince ? undefined : await this.#progressOf(description);
    return {
      state: 'running',
      startTime: description.startTime.toISOString(),
      taskQueue: description.taskQueue,
      cancelRequested: description.raw.workflowExtendedInfo?.cancelRequested ?? false,
      ...(typeof generation === 'number' && { generation }),
      ...pending,
      ...(progress && { progress: await withHeartbeats(progress, description.raw, data) }),
    };
  }

  async describeSchedule(scheduleId: string): Promise<ScheduleReport> {
    return this.#schedules.describe(scheduleId);
  }

  async putSchedule(scheduleId: string, schedule: ScheduleInput): Promise<void> {
    await this.#searchably((searchable) => this.#schedules.put(scheduleId, schedule, searchable));
  }

  async pauseSchedule(scheduleId: string): Promise<void> {
    await this.#schedules.pause(scheduleId);
  }

  async triggerSchedule(scheduleId: string, requestId: string): Promise<void> {
    await this.#schedules.trigger(scheduleId, requestId);
  }

  async deleteSchedule(scheduleId: string): Promise<void> {
    await this.#schedules.delete(scheduleId);
  }

  async transferOf(workflowId: string): Promise<Transfer | undefined> {
    const { namespace, data } = this.#options;
    const request = { namespace, execution: { workflowId }, maximumPageSize: 1 };
    try {
      const { history } = await this.#call(() =>
        this.#connection.workflowService.getWorkflowExecutionHistory(request),
      );
      const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
      return (await data.first<{ transfer: Transfer }>(started?.input?.payloads))?.transfer;
    } catch (error) {
      if (grpcCode(error) === NOT_FOUND) return undefined;
      throw error;
    }
  }

  async cancel(workflowId: string): Promise<void> {
    const handle = this.#client.workflow.getHandle(workflowId);
    try {
      const untaken = isUntaken(await this.#call(() => handle.describe()));
      await this.#call(() => (untaken ? handle.terminate('no worker has taken it') : handle.cancel()));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  async tell(workflowId: string, { name, argument }: Message): Promise<boolean> {
    try {
      await this.#call(() => this.#client.workflow.getHandle(workflowId).signal(name, argument));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async ended(workflowId: string, signal: AbortSignal): Promise<void> {
    const handle = this.#client.workflow.getHandle(workflowId);
    for (;;) {
      signal.throwIfAborted();
      try {
        const poll = (): Promise<unknown> => this.#connection.withAbortSignal(signal, () => handle.result());
        await this.#connection.withDeadline(Date.now() + LONG_POLL_TIMEOUT, poll);
        return;
      } catch (error) {
        if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return;
        if (grpcCode(error) !== DEADLINE_EXCEEDED) throw error;
      }
    }
  }

  async ping(): Promise<boolean> {
    const { namespace } = this.#options;
    return this.#call(() => this.#connection.workflowService.describeNamespace({ namespace })).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #start(
    type: string,
    workflowId: string,
    transfer: Transfer,
    input: unknown,
    workflowIdReusePolicy: WorkflowIdReusePolicy,
  ): Promise<void> {
    const { taskQueue } = placementOf(transfer, this.#options);
    const { data } = this.#options;
    try {
      await this.#searchably((searchable) =>
        this.#call(() =>
          this.#client.workflow.start(type, {
            workflowId,
            taskQueue,
            workflowIdReusePolicy,
            args: [input],
            ...startTexts(transfer, searchable, data.encrypts),
          }),
        ),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Begins something with search attributes, or without where they cannot be had. */
  async #searchably(begin: (searchable: boolean) => Promise<unknown>): Promise<void> {
    const searchable = await this.#isSearchable();
    await begin(searchable).catch((error: unknown) => {
      // registered, but not yet known to every part of the server
      if (searchable && grpcCode(error) === INVALID_ARGUMENT) return begin(false);
      throw error;
    });
  }

  async #isSearchable(): Promise<boolean> {
    const { namespace, log } = this.#options;
    this.#searchable ??= this.#call(() => ensureSearchAttributes(this.#connection, namespace, log));
    try {
      return await this.#searchable;
    } catch (error) {
      this.#searchable = undefined;
      throw error;
    }
  }

  async #closed(description: WorkflowExecutionDescription): Promise<RunReport> {
    const { workflowId, type, runId, startTime, closeTime } = description;
    const handle = this.#client.workflow.getHandle(workflowId);
    try {
      if (type === WORKFLOW_TYPES.deleteTransfer) {
        const data: DeletedData = await this.#call(() => handle.result());
        return { state: 'deleted', data };
      }
      if (type === WORKFLOW_TYPES.planTransfer) {
        const report: PlanReport = await this.#call(() => handle.result());
        return { state: 'planned', report };
      }
      const result: RunResult = await this.#call(() => handle.result());
      // To ask a workflow that has ended makes a worker replay all of it; mostly the result says enough.
      if (result.chunks !== undefined) return { state: 'completed', result };
      return await this.#withProgress({ state: 'completed', result }, workflowId);
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const ended = endedReport(error, (closeTime ?? new Date()).toISOString());
      const report = { ...ended, runId, startTime: startTime.toISOString() };
      if (isUntaken(description)) return { ...report, untaken: true };
      return this.#withProgress(report, workflowId);
    }
  }

  async #withProgress<R extends CompletedReport | EndedReport>(report: R, workflowId: string): Promise<R> {
    const progress = await this.#progress(workflowId);
    return progress ? { ...report, progress } : report;
  }

  async #progressOf(description: WorkflowExecutionDescription): Promise<RunProgress | undefined> {
    const { workflowId, runId, historyLength } = description;
    const known = this.#known.get(runId, historyLength);
    if (known) return known;
    const progress = await this.#progress(workflowId);
    if (progress) this.#known.put(runId, historyLength, progress);
    return progress;
  }

  /** undefined when no worker answers in time. */
  async #progress(workflowId: string): Promise<RunProgress | undefined> {
    if (performance.now() < this.#noQueriesUntil) return undefined;
    const handle = this.#client.workflow.getHandle(workflowId);
    try {
      const query = (): Promise<RunProgress> => handle.query<RunProgress>(QUERY_PROGRESS);
      return await this.#connection.withDeadline(Date.now() + QUERY_TIMEOUT, query);
    } catch (error) {
      if (grpcCode(error) === DEADLINE_EXCEEDED) this.#noQueriesUntil = performance.now() + QUERY_PAUSE;
      return undefined;
    }
  }

  async #call<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await this.#connection.withDeadline(Date.now() + CALL_TIMEOUT, request);
    } catch (error) {
      if (error instanceof NamespaceNotFoundError)
        throw new TemporalUnavailable(`it has no namespace ${error.namespace}`, error);
      throw isUnavailable(error) ? new TemporalUnavailable(grpcMessage(error), error) : error;
    }
  }
}
