import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { CONTROLS, type RetryRequest } from '../contract/control.ts';
import { hasSameAccess } from '../contract/revision.ts';
import type { Revision, Run, RunPhase, TransferLimits } from '../contract.ts';
import { retryProblem, limitsProblem, reasonProblem, revisionProblem } from './arguments.ts';
import { handle } from './handlers.ts';
import type { RunState } from '../run-state.ts';

/** From here on what has begun is finished. */
const FINISHING = new Set<RunPhase>(['publish', 'verify', 'cleanUp', 'done']);

const BY_SPEC = 'spec.paused is true';
const BY_PERSON = 'asked for';

/** What people and the operator change of a run while it goes on. */
export class RunControl {
  readonly #run: Run;
  readonly #state: RunState;
  readonly #all = CancellationScope.current();
  /** Steps that are under way and can be begun again. */
  readonly #interruptible = new Set<CancellationScope>();
  /** Why it is paused, by those who want it. */
  readonly #pauses = new Map<'spec' | 'person', string>();
  #retries = 0;
  #cancelReason: string | undefined;

  /** @param paused as `spec.paused` says */
  constructor(run: Run, state: RunState, paused: boolean) {
    this.#run = run;
    this.#state = state;
    if (paused) this.#pause('spec', BY_SPEC);
    handle<string | undefined>(CONTROLS.pause, {
      problem: reasonProblem,
      perform: (reason) => this.#pausedByPerson(reason ?? BY_PERSON),
    });
    handle<void>(CONTROLS.resume, { problem: () => undefined, perform: () => this.#resumedByPerson() });
    handle<RetryRequest | undefined>(CONTROLS.retry, {
      problem: retryProblem,
      perform: (request) => this.#retry(request ?? {}),
    });
    handle<string | undefined>(CONTROLS.cancel, {
      problem: reasonProblem,
      perform: (reason) => this.#cancel(reason ?? BY_PERSON),
    });
    handle<TransferLimits>(CONTROLS.setLimits, {
      problem: limitsProblem,
      perform: (limits) => this.#setLimits(limits),
    });
    handle<Revision>(CONTROLS.revise, {
      problem: (revision) => revisionProblem(run.transfer, revision),
      perform: (revision) => this.#revise(revision),
    });
  }

  /** Of the update; undefined when the run was not cancelled by it. */
  get cancelReason(): string | undefined {
    return this.#cancelReason;
  }

  async untilResumed(): Promise<void> {
    if (this.#pauses.size > 0) await condition(() => this.#pauses.size === 0);
  }

  /** Runs a step when the run is not paused. It is interrupted, and begun again, by a pause and by other limits. */
  async interruptible<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.untilResumed();
      const scope = new CancellationScope();
      this.#interruptible.add(scope);
      try {
        return await scope.run(step);
      } catch (error) {
        const interrupted = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
        if (!isCancellation(error) || !interrupted) throw error;
      } finally {
        this.#interruptible.delete(scope);
      }
    }
  }

  /** How often somebody has wanted what is parked to go on. */
  get retries(): number {
    return this.#retries;
  }

  /** @returns whether somebody has wanted it to go on more often than `retries`, within so many milliseconds */
  async untilRetry(retries: number, ms: number): Promise<boolean> {
    return condition(() => this.#retries > retries, ms);
  }

  #pausedByPerson(reason: string): string {
    const { phase } = this.#state.progress;
    if (FINISHING.has(phase)) return `not paused: the run is in phase ${phase}, which is finished`;
    this.#pause('person', reason);
    return 'paused: no further chunk is begun; the chunks already done are kept';
  }

  #resumedByPerson(): string {
    if (this.#pauses.size === 0) return 'it was not paused';
    this.#resume('person');
    return this.#pauses.size === 0 ? 'it goes on' : `still paused, because ${BY_SPEC}`;
  }

  #retry({ parkedSince }: RetryRequest): string {
    const { parked } = this.#state.progress;
    if (parkedSince !== undefined && parkedSince !== parked?.since) return 'it has been retried since';
    if (parked !== undefined) {
      this.#retries += 1;
      return 'it goes on from the chunks already done';
    }
    return this.#state.retryNow() ? 'trying again now' : 'nothing waits to be tried again';
  }

  #cancel(reason: string): string {
    const { phase } = this.#state.progress;
    if (FINISHING.has(phase)) return `not cancelled: the run is in phase ${phase}, which is finished`;
    this.#cancelReason ??= reason;
    this.#all.cancel();
    return 'cancelling; what the run has written is removed';
  }

  #setLimits(limits: TransferLimits): string {
    this.#run.transfer = { ...this.#run.transfer, limits };
    this.#interrupt();
    return Object.keys(limits).length === 0
      ? 'there are no limits any more'
      : 'the limits hold from now on, until the run ends or the resource is changed';
  }

  #revise({ transfer, paused }: Revision): string {
    const before = this.#run.transfer;
    if (transfer.generation <= before.generation) return `generation ${transfer.generation} is known already`;
    this.#run.transfer = transfer;
    if (paused) this.#pause('spec', BY_SPEC);
    else this.#resume('spec');
    if (!hasSameAccess(before, transfer)) this.#interrupt();
    this.#state.retryNow();
    this.#retries += 1;
    return `the run is that of generation ${transfer.generation} now`;
  }

  #pause(by: 'spec' | 'person', reason: string): void {
    this.#pauses.set(by, reason);
    this.#state.paused(reason);
    this.#interrupt();
  }

  #resume(by: 'spec' | 'person'): void {
    this.#pauses.delete(by);
    this.#state.paused([...this.#pauses.values()][0]);
  }

  #interrupt(): void {
    for (const scope of this.#interruptible) scope.cancel();
  }
}
