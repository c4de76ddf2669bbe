import pino from 'pino';
import { leaveMemoryOutOfCoreDumps } from '../activities/engine/core-dumps.ts';
import { secretResolver } from '../activities/secrets/resolver.ts';
import { secretSettings } from '../activities/secrets/settings.ts';
import { Vault } from '../activities/secrets/vault/vault.ts';
import { readWorkerConfig } from './config.ts';
import { resourceReader } from './resources.ts';
import { startWorker } from './start-worker.ts';

leaveMemoryOutOfCoreDumps();
const config = readWorkerConfig(process.argv);
const log = pino({ level: config.logLevel, base: { component: 'worker', pid: process.pid } });
try {
  const settings = secretSettings(config);
  const access = { readResource: resourceReader(config.kubeconfig), vault: new Vault(settings), settings };
  const { scratchLimit, ended } = await startWorker(config, {
    secrets: () => secretResolver(access),
    log,
    shutdownSignals: ['SIGTERM', 'SIGINT'],
  });
  const { taskQueue, region, parallelChunks, memoryLimit } = config;
  log.info({ taskQueue, region, parallelChunks, memoryLimit, scratchLimit }, 'worker ready');
  await ended;
} catch (error) {
  log.fatal({ reason: error instanceof Error ? error.message : String(error) }, 'worker ended');
  process.exitCode = 1;
}
