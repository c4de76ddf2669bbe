import type { JobContext } from '../engine/serve-jobs.ts';
import type { ObjectInfo } from '../stores/object-store.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import { copySmall } from './copy-small.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { EngineJob, PlanRunJobResult } from './jobs.ts';
import { makePlan } from './make-plan.ts';
import type { Plan } from './plan.ts';
import { isOfRun } from './staging.ts';

/** Makes the plan of a run, with what it replaces; a small copy is made at once. */
export async function planJob(
  job: Extract<EngineJob, { type: 'planRun' }>,
  settings: EngineSettings,
  context: JobContext,
): Promise<PlanRunJobResult> {
  const { run, secrets } = job;
  const destination = connectS3(job.destination);
  try {
    // A destination that cannot be reached is known before anything is copied, and before the status says that the
    // run may have written; what is wrong with the source is told first.
    const looked = destination.head(run.transfer.destination.objectKey);
    looked.catch(() => undefined);
    const remember = async (plan: Plan): Promise<boolean> => {
      const there = await looked;
      if (there === undefined) return true;
      if (isOfRun(there.metadata, run)) return false;
      rememberReplaced(plan, there);
      return true;
    };
    const made = await makePlan(job, settings, true, async ({ plan, ...found }, at) => {
      // An attempt whose worker died has published; the run's next step finds that.
      if (!(await remember(plan)) || !job.copies) return { plan, ...found };
      const copied = await copySmall(run, plan, { ...at, destination, settings, secrets, context });
      return { plan, ...found, ...(copied === undefined ? {} : { copied }) };
    });
    if (made.plan.kind === 'verbatim') await remember(made.plan);
    return made;
  } finally {
    destination.close();
  }
}

function rememberReplaced(plan: Plan, there: ObjectInfo): void {
  if (plan.kind === 'verbatim') plan.replaces = there.etag;
  else if (plan.destination.key === there.key) plan.destination.replaces = there.etag;
}
