import type {
  BatchTransferInput,
  DeletedData,
  DeleteTransferInput,
  PlanTransferInput,
  Revision,
  RunProgress,
  RunResult,
  Transfer,
} from '../../workflows/contract.ts';
import type { CONTROLS, RetryRequest } from '../../workflows/contract/control.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import type { ParsedTransfer, ResourceStatus, TransferSchedule } from '../api/index.ts';
import type { WorkQueues } from './placement.ts';
import type { TransferResource } from './resource.ts';

/** What Temporal says of one workflow id. Times are ISO 8601. */
export type RunReport =
  | { state: 'absent' }
  | RunningReport
  | CompletedReport
  /** A removal that is complete. */
  | { state: 'deleted'; data: DeletedData }
  /** A dry run that is complete. */
  | { state: 'planned'; report: PlanReport }
  | EndedReport;

export interface CompletedReport {
  state: 'completed';
  result: RunResult;
  /** The last there was, where the result does not tell and a worker answered. */
  progress?: RunProgress;
}

export interface EndedReport {
  /** failed: by its own decision. cancelled, terminated, timedOut: from outside. */
  state: 'failed' | 'cancelled' | 'terminated' | 'timedOut';
  /** Fit for people. */
  message: string;
  startTime?: string;
  closeTime: string;
  runId?: string;
  /** Why, where somebody said so who cancelled it. */
  reason?: string;
  /** No worker ever took it, so that it has done nothing. */
  untaken?: boolean;
  /** The last there was, when a worker answered. */
  progress?: RunProgress;
}

export interface RunningReport {
  state: 'running';
  startTime: string;
  cancelRequested: boolean;
  /** Where it looks for workers; absent = where the transfer is placed now. */
  taskQueue?: string;
  /** Of the resource that it was started for; absent for workflows of older operators. */
  generation?: number;
  /** Absent when no worker answered. */
  progress?: RunProgress;
  /** Since when a step has been waiting for a worker to take it. */
  unstartedSince?: string;
  /** A step that is being tried again. */
  trouble?: { attempt: number; message: string };
}

/** What Temporal says of a schedule. Times are ISO 8601. */
export type ScheduleReport = { state: 'absent' } | PresentSchedule;

export interface PresentSchedule extends Pick<ScheduleInput, 'input' | 'generation' | 'since' | 'paused'> {
  state: 'present';
  taskQueue: string;
  /** Its input is not encrypted as it would be now, e.g. with a key of before. */
  stale?: true;
  /** When it starts a run next. */
  nextTime?: string;
  /** How many runs it has started. */
  runsStarted: number;
  /** The last runs it has started, the oldest first. */
  recent: { workflowId: string; startedAt: string }[];
}

/** What a schedule is to be. */
export interface ScheduleInput {
  schedule: TransferSchedule;
  /** Nothing is started at its times. */
  paused: boolean;
  /** Of the resource. */
  generation: number;
  /** The generation since which its runs have done the same: later ones have changed when they start only. */
  since: number;
  /** Of its runs. */
  input: BatchTransferInput;
}

/** What the operator knows of one resource when it decides. */
export interface Observation extends WorkQueues {
  resource: TransferResource;
  parsed: ParsedTransfer;
  /** Reports by workflow id, of at least `workflowsToDescribe`; undefined when Temporal does not answer. */
  runs: Record<string, RunReport> | undefined;
  /** Of the resource's schedule; undefined when none is needed and none may be left. */
  schedule?: ScheduleReport | undefined;
  /** What the run of `standIn` was started for. */
  standIn?: Transfer | undefined;
  /** What the run of `runToRevise` was started for. */
  former?: Transfer | undefined;
  /** Seconds for which runs that are Fatal are parked; absent = they are not. */
  parkFor?: number | undefined;
  now: Date;
}

export interface EventAction {
  type: 'event';
  eventType: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** Events of one resource, generation, reason and discriminator are one event. */
  discriminator: string;
}

/** What the operator tells a run that goes on. To be told twice does no harm. */
export type Message =
  | { name: typeof CONTROLS.retry; argument: RetryRequest }
  | { name: typeof CONTROLS.revise; argument: Revision };

/** Performed in order; the first that fails ends the list, and the resource is looked at anew. */
export type Action =
  | { type: 'addFinalizer' }
  | { type: 'removeFinalizer' }
  | { type: 'status'; status: ResourceStatus }
  | EventAction
  | { type: 'start'; workflowId: string; input: BatchTransferInput }
  | { type: 'startPlan'; workflowId: string; input: PlanTransferInput }
  | { type: 'startDelete'; workflowId: string; input: DeleteTransferInput }
  | { type: 'cancel'; workflowId: string }
  /** Tells a run something; when it does not go on any more, it is looked at anew, and what follows is not done. */
  | { type: 'tell'; workflowId: string; what: Message }
  /** Creates a schedule, or changes it in place. */
  | { type: 'putSchedule'; scheduleId: string; schedule: ScheduleInput }
  | { type: 'pauseSchedule'; scheduleId: string }
  /** Has a schedule start a run now; a repeated request starts no other one. */
  | { type: 'triggerSchedule'; scheduleId: string; requestId: string }
  | { type: 'deleteSchedule'; scheduleId: string }
  /** Look again when this workflow ends ... */
  | { type: 'awaitEnd'; workflowId: string }
  /** ... and after so many milliseconds, for its progress. */
  | { type: 'requeueAfter'; milliseconds: number }
  /** Look again at this time, because something is due then. */
  | { type: 'requeueAt'; time: Date }
  /** Look again after the resource's own back-off. */
  | { type: 'retry' };
