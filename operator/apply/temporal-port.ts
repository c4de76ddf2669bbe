import type {
  BatchTransferInput,
  DeleteTransferInput,
  PlanTransferInput,
  Transfer,
} from '../../workflows/contract.ts';
import type { Message, RunReport, ScheduleInput, ScheduleReport } from '../reconcile/actions.ts';

/** Temporal, as far as the operator uses it. Every method throws TemporalUnavailable when there is no answer. */
export interface TemporalPort {
  /** Starts a run; does nothing when this id was ever used. */
  startRun(workflowId: string, input: BatchTransferInput): Promise<void>;
  /** Starts a dry run; does nothing when this id was ever used. */
  startPlan(workflowId: string, input: PlanTransferInput): Promise<void>;
  /** Starts a removal; does nothing while one goes on or when one has succeeded. */
  startDelete(workflowId: string, input: DeleteTransferInput): Promise<void>;
  describe(workflowId: string): Promise<RunReport>;
  /** What a workflow was started for; undefined when Temporal does not know it (any more). */
  transferOf(workflowId: string): Promise<Transfer | undefined>;
  describeSchedule(scheduleId: string): Promise<ScheduleReport>;
  /** Creates a schedule, or changes it in place: what it has started and how often is kept. */
  putSchedule(scheduleId: string, schedule: ScheduleInput): Promise<void>;
  /** Nothing is started at its times any more; does nothing when there is no such schedule. */
  pauseSchedule(scheduleId: string): Promise<void>;
  /**
   * Starts a run now, also while it is paused, unless one goes on; does nothing when there is no such schedule, or for a
   * request of the same id.
   */
  triggerSchedule(scheduleId: string, requestId: string): Promise<void>;
  /** Leaves its runs alone; does nothing when there is no such schedule. */
  deleteSchedule(scheduleId: string): Promise<void>;
  /** Asks a workflow to end, or ends one that no worker has taken; does nothing when it has ended or never was. */
  cancel(workflowId: string): Promise<void>;
  /** Tells a run something. @returns whether it goes on */
  tell(workflowId: string, message: Message): Promise<boolean>;
  /** Resolves when the workflow has ended, however, or does not exist. @throws when the signal is aborted. */
  ended(workflowId: string, signal: AbortSignal): Promise<void>;
  /** Whether Temporal answers; never throws. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** Temporal did not answer, or not now; the same call may succeed later. */
export class TemporalUnavailable extends Error {
  /** @param reason for people, e.g. `connection refused` */
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'TemporalUnavailable';
  }
}
