import { stat } from 'node:fs/promises';
import type { Run } from '../../workflows/contract.ts';
import type { ColumnChecksums } from '../../workflows/contract/receipt.ts';
import type { Engine } from '../engine/engine.ts';
import type { JobContext } from '../engine/serve-jobs.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { convertChunk } from './convert.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { CopyWholeResult } from './jobs.ts';
import type { ChunkWork } from './plan.ts';
import { putWhole } from './put-whole.ts';
import type { RunSecrets } from './run-secrets.ts';
import { verifyRun } from './verify-run.ts';

/** Where a run of one chunk is converted. */
export interface ConvertedAt {
  source: ObjectStore;
  destination: ObjectStore;
  /** One that is open already, for the same directory and secrets. */
  engine?: Engine;
  directory: string;
  settings: EngineSettings;
  secrets: RunSecrets;
  context: JobContext;
}

export interface ConvertedWhole {
  checksums: ColumnChecksums | undefined;
  /** Makes it visible; from here on the job is not cancelled any more. */
  publish(): Promise<CopyWholeResult>;
}

/** Converts the only chunk of a run, whose result file is the object. Everything is verified before it can be published. */
export async function convertWhole(run: Run, work: ChunkWork, at: ConvertedAt): Promise<ConvertedWhole> {
  const { source, destination, engine, directory, settings, secrets, context } = at;
  const { files, ...counted } = await convertChunk(source, work, directory, settings, secrets, engine);
  const { checksums } = verifyRun({ ...work, source: work }, [{ chunk: work.chunk, ...counted }]);
  return {
    checksums,
    async publish() {
      await context.commit();
      const file = files[0]!.path;
      const { size: bytes } = await stat(file);
      const whole = { body: { file, start: 0, end: bytes }, bytes, options: {} };
      return { ...(await putWhole(destination, run, work.destination, whole, counted)), checksums };
    },
  };
}
