import { TransferError } from '../../failures.ts';
import type { S3Connection } from '../../stores/s3/client.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import type { EngineSettings } from '../engine-settings.ts';
import type { EngineJob, PlanJobResult } from '../jobs.ts';
import { refuseOverlap } from '../target.ts';
import { BINARY, findObjects, verbatimPlan } from './plan.ts';

/** Looks at the source of a copy byte for byte; writes nothing anywhere. */
export async function makeVerbatimPlan(
  job: Omit<Extract<EngineJob, { type: 'plan' }>, 'type'>,
  settings: EngineSettings,
): Promise<PlanJobResult> {
  const { transfer } = job.run;
  const store = connectS3(job.source);
  try {
    const { objects, prefix } = await findObjects(store, transfer.source.objectKey);
    refuseOverlap(transfer, { objects, prefix });
    const serverSide = await canCopyItself(job, objects[0]!.key);
    const plan = verbatimPlan(job.run, objects, prefix, { serverSide, chunkBytes: settings.chunkBytes });
    const bytes = objects.reduce((sum, { size }) => sum + size, 0);
    const metadata = { format: BINARY, columns: [], bytes, objects: objects.length };
    const way = serverSide ? 'by the store itself' : 'through the worker';
    return {
      plan,
      source: metadata,
      destination: { ...metadata, details: { copied: way } },
      warnings: [],
    };
  } finally {
    store.close();
  }
}

/** Whether the destination's store can read the source: it is the same service, and its credentials may. */
async function canCopyItself(
  { source, destination }: { source: S3Connection; destination: S3Connection },
  key: string,
): Promise<boolean> {
  if (source.endpoint !== destination.endpoint) return false;
  const seen = connectS3({ ...destination, bucket: source.bucket });
  try {
    return (await seen.head(key)) !== undefined;
  } catch (error) {
    if (error instanceof TransferError && error.class === 'fatal') return false;
    throw error;
  } finally {
    seen.close();
  }
}
