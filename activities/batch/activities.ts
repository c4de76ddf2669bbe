import { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { BatchActivities, SliceHeartbeat } from '../../workflows/contract.ts';
import { activityFailure } from '../activity-failure.ts';
import type { SecretResolver } from '../secrets/secrets.ts';
import { withRenewedSecrets } from '../secrets/with-renewed.ts';
import type { BatchContext } from './context.ts';
import { copySlice, copyWhole } from './copy-slice.ts';
import { planVerification } from './full/plan.ts';
import { restore } from './full/replaced.ts';
import { verifySlice } from './full/slice.ts';
import { planRun } from './plan-run.ts';
import { reportPlan } from './report-plan.ts';
import { publish } from './publish.ts';
import { cleanUp, deleteData, discard } from './remove.ts';
import { Turns } from './turns.ts';
import { writeReceipt } from './write-receipt.ts';

/** Heartbeats carry cancellation to the activity: this often it can learn of it. */
const HEARTBEAT_MS = 500;

/**
 * The batch activities as Temporal calls them: heartbeats, logs and failures in Temporal's terms.
 * @param secrets makes a resolver for one activity
 */
export function batchActivities(
  worker: Omit<BatchContext, 'secrets'>,
  secrets: () => SecretResolver,
  log: Logger,
): BatchActivities {
  // A slice holds its plan and its chunks' records: no more of a run than keep the pool busy, the others hold nothing.
  const slices = new Turns(2 * worker.pool.capacity);
  return {
    plan: (input) => beating('plan', input.run, (beat, context) => planRun(context, input, beat.signal)),
    planReport: (input) =>
      beating('planReport', input.run, (beat, context) =>
        reportPlan(context, input.run, context.pool.processes, beat.signal),
      ),
    copyWhole: (input) =>
      beating('copyWhole', input.run, (beat, context) => copyWhole(context, input, beat.signal)),
    copySlice: (input) =>
      beating('copySlice', input.run, (beat, context) => {
        const { runId, transfer } = input.run;
        const about = { transfer: `${transfer.namespace}/${transfer.name}`, run: runId };
        return slices.take(runId, beat.signal, () =>
          copySlice(context, input, beat.signal, {
            heartbeat: (details) => beat.details(details),
            resumed: (finished, remaining) => log.info({ ...about, finished, remaining }, 'slice started'),
            copied: (chunk) => log.info({ ...about, chunk }, 'chunk copied'),
          }),
        );
      }),
    publish: (input) => beating('publish', input.run, (_, context) => publish(context, input)),
    planVerification: (input) =>
      beating('planVerification', input.run, (beat, context) =>
        planVerification(context, input, beat.signal),
      ),
    verifySlice: (input) =>
      beating('verifySlice', input.run, (beat, context) => verifySlice(context, input, beat.signal)),
    restore: (input) => beating('restore', input.run, (_, context) => restore(context, input)),
    writeReceipt: (input) => beating('writeReceipt', input.run, (_, context) => writeReceipt(context, input)),
    cleanUp: (input) => beating('cleanUp', input.run, (_, context) => cleanUp(context, input)),
    discard: (input) => beating('discard', input.run, (_, context) => discard(context, input)),
    deleteData: (input) => beating('deleteData', input, (_, context) => deleteData(context, input)),
  };

  async function beating<T>(
    name: string,
    subject: { transfer: { namespace: string; name: string }; runId?: string },
    work: (
      beat: { signal: AbortSignal; details(value: SliceHeartbeat): void },
      context: BatchContext,
    ) => Promise<T>,
  ): Promise<T> {
    const activity = Context.current();
    let details: SliceHeartbeat | undefined;
    const timer = setInterval(() => activity.heartbeat(details), HEARTBEAT_MS);
    const { namespace, name: transfer } = subject.transfer;
    const about = { activity: name, transfer: `${namespace}/${transfer}`, attempt: activity.info.attempt };
    try {
      const signal = activity.cancellationSignal;
      const beat = {
        signal,
        details: (value: SliceHeartbeat): void => {
          details = value;
          activity.heartbeat(value);
        },
      };
      return await withRenewedSecrets(secrets, (own) => work(beat, { ...worker, secrets: own }));
    } catch (error) {
      const failure = activityFailure(error, activity.cancellationSignal, details);
      log.warn({ ...about, failure: failure.type, reason: failure.message }, 'activity failed');
      throw failure.error;
    } finally {
      clearInterval(timer);
    }
  }
}
