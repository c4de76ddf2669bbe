import type { RunControl } from './control/run-control.ts';
import type { StepFailure } from './failures.ts';
import { StepEnded } from './retries.ts';
import type { RunState } from './run-state.ts';

/** What is done would be worth nothing when these are repaired: the run begins anew. */
const BEGINS_ANEW = new Set([
  'InvalidOption',
  'UnknownColumn',
  'InvalidFilter',
  'Unsupported',
  'InvalidEndpoint',
  'MalformedData',
  'VerificationFailed',
]);

/** Nobody has come in time to make a parked run work. */
class GivenUp extends StepEnded {}

/** Keeps runs open that are Fatal, until somebody has repaired the cause. */
export class Parking {
  readonly #ms: number;
  readonly #state: RunState;
  readonly #control: RunControl;

  /** @param seconds 0: no run is kept */
  constructor(seconds: number, state: RunState, control: RunControl) {
    this.#ms = seconds * 1_000;
    this.#state = state;
    this.#control = control;
  }

  /** Whether a run that has ended so may be parked. */
  takes(error: unknown): boolean {
    return this.#ms > 0 && !(error instanceof GivenUp);
  }

  /** Whether a run that has ended so may be parked with all that it has done. */
  keeps(error: unknown): error is StepEnded {
    return (
      this.takes(error) &&
      error instanceof StepEnded &&
      error.failure.class === 'fatal' &&
      !BEGINS_ANEW.has(error.failure.code)
    );
  }

  /**
   * Waits until somebody wants the run to go on. @throws StepEnded, which is not parked again, when nobody does in time
   * @param retries of the control, when the run failed
   */
  async wait(failure: StepFailure, retries: number): Promise<void> {
    const now = Date.now();
    this.#state.parked({
      since: new Date(now).toISOString(),
      until: new Date(now + this.#ms).toISOString(),
    });
    if (!(await this.#control.untilRetry(retries, this.#ms))) throw new GivenUp(failure);
    this.#state.parked(undefined);
  }
}
