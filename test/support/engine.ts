import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withEngine } from '../../activities/engine/duckdb.ts';
import type { TransformSecrets } from '../../activities/transforms/secrets.ts';
import type { Engine } from '../../activities/engine/engine.ts';

export interface TestEngine extends Engine {
  close(): Promise<void>;
}

/** The engine of production, sandboxed in an empty directory, open for as long as a test file needs it. */
export async function openEngine(secrets?: TransformSecrets): Promise<TestEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'ddc-engine-'));
  const opened = Promise.withResolvers<Engine>();
  const closed = Promise.withResolvers<void>();
  const ended = withEngine({ directory, memoryLimit: 512e6, ...(secrets && { secrets }) }, (engine) => {
    opened.resolve(engine);
    return closed.promise;
  });
  ended.catch(opened.reject);
  const engine = await opened.promise;
  return {
    ...engine,
    async close() {
      closed.resolve();
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}
