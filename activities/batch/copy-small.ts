import { stat } from 'node:fs/promises';
import type { Run } from '../../workflows/contract.ts';
import type { Engine } from '../engine/engine.ts';
import type { JobContext } from '../engine/serve-jobs.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { convertChunk } from './convert.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { CopyWholeResult } from './jobs.ts';
import { chunkWork, isWhole, type Plan } from './plan.ts';
import { putWhole } from './put-whole.ts';
import type { RunSecrets } from './run-secrets.ts';
import { SMALL_BYTES } from './small.ts';
import { verifyRun } from './verify-run.ts';

/** Where a plan has been made, with everything open. */
export interface PlannedAt {
  source: ObjectStore;
  destination: ObjectStore;
  engine: Engine;
  directory: string;
  settings: EngineSettings;
  secrets: RunSecrets;
  context: JobContext;
}

/**
 * Copies and publishes at once what is small. Resolves with undefined when it is not, and when anything goes wrong: then the
 * run's next step does it, and tells what is wrong; what has been published all the same it recognises.
 */
export async function copySmall(
  run: Run,
  plan: Plan,
  { source, destination, engine, directory, settings, secrets, context }: PlannedAt,
): Promise<CopyWholeResult | undefined> {
  if (plan.kind !== 'tabular' || !isWhole(plan)) return undefined;
  const sizes = plan.source.objects.map(({ size }) => size);
  if (sizes.reduce((sum, size) => sum + size, 0) > SMALL_BYTES) return undefined;
  try {
    const work = chunkWork(plan, 0, (key) => source.location(key));
    const { files, ...counted } = await convertChunk(source, work, directory, settings, secrets, engine);
    const { rowsRead, rowsWritten, bytesRead, checksums } = counted;
    verifyRun(plan, [{ chunk: 0, rowsRead, rowsWritten, bytesRead, checksums }]);
    await context.commit();
    const file = files[0]!.path;
    const { size: bytes } = await stat(file);
    const whole = { body: { file, start: 0, end: bytes }, bytes, options: {} };
    return { ...(await putWhole(destination, run, plan.destination, whole, counted)), checksums };
  } catch {
    return undefined;
  }
}
