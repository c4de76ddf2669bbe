import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchContext } from '../activities/batch/context.ts';
import { toEnvironment } from '../activities/batch/engine-settings.ts';
import type { EngineJob } from '../activities/batch/jobs.ts';
import { EnginePool } from '../activities/engine/pool.ts';
import { TransferError } from '../activities/failures.ts';
import type { TransferFile } from './transfer-file.ts';

/** Bytes for the engine; beyond it spills to disk. */
const ENGINE_MEMORY = 1024 ** 3;

/**
 * Runs `work` with one engine process, as a worker has several: what a hostile source does to it does not happen to this
 * process. Interrupted, it leaves nothing behind and throws a TransferError.
 */
export async function withLocalEngine<T>(
  { secrets, egress }: Pick<TransferFile, 'secrets' | 'egress'>,
  chunkBytes: number,
  work: (context: BatchContext, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'ddc-'));
  const pool = new EnginePool<EngineJob>({
    entry: new URL('../activities/batch/engine-process.ts', import.meta.url),
    processes: 1,
    jobsPerProcess: 1,
    jobsPerLife: Infinity,
    scratch: { limit: Infinity, expected: () => 0 },
    environment: toEnvironment({ scratchDirectory, engineMemory: ENGINE_MEMORY, chunkBytes }),
  });
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new TransferError('Internal', 'interrupted'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
  try {
    return await work({ pool, secrets, egress, receipts: {}, limits: { processes: 1 } }, interrupted.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupt);
    pool.close();
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}
