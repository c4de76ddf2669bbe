import pino from 'pino';
import { leaveMemoryOutOfCoreDumps } from '../activities/engine/core-dumps.ts';
import { readOnce } from '../activities/secrets/read-once.ts';
import { resourceSecrets } from '../activities/secrets/resource.ts';
import { readWorkerConfig } from './config.ts';
import { resourceReader } from './resources.ts';
import { startWorker } from './start-worker.ts';

leaveMemoryOutOfCoreDumps();
const config = readWorkerConfig(process.argv);
const log = pino({ level: config.logLevel, base: { component: 'worker', pid: process.pid } });
try {
  const readResource = resourceReader(config.kubeconfig);
  const { scratchLimit, ended } = await startWorker(config, {
    secrets: () => resourceSecrets(readOnce(readResource)),
    log,
    shutdownSignals: ['SIGTERM', 'SIGINT'],
  });
  const { taskQueue, parallelChunks, memoryLimit } = config;
  log.info({ taskQueue, parallelChunks, memoryLimit, scratchLimit }, 'worker ready');
  await ended;
} catch (error) {
  log.fatal({ reason: error instanceof Error ? error.message : String(error) }, 'worker ended');
  process.exitCode = 1;
}
