import { hostname } from 'node:os';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';
import pino from 'pino';
import { batchActivities } from '../activities/batch/activities.ts';
import { toEnvironment } from '../activities/batch/engine-settings.ts';
import { expectedScratch } from '../activities/batch/expected-scratch.ts';
import type { EngineJob } from '../activities/batch/jobs.ts';
import { removeAttempts } from '../activities/batch/scratch.ts';
import { leaveMemoryOutOfCoreDumps } from '../activities/engine/core-dumps.ts';
import { EnginePool } from '../activities/engine/pool.ts';
import { secretResolver } from '../activities/secrets/resolver.ts';
import { secretSettings } from '../activities/secrets/settings.ts';
import { Vault } from '../activities/secrets/vault/vault.ts';
import { readWorkerConfig, workerLimits } from './config.ts';
import { receiptSettings } from './receipts.ts';
import { resourceReader } from './resources.ts';
import { guardScratch } from './scratch-guard.ts';
import { halfOfFree, openScratch } from './scratch-root.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** Slices of many runs may wait for the pool at once; the pool bounds what is in work. */
const CONCURRENT_ACTIVITIES = 500;
const CONCURRENT_WORKFLOW_TASKS = 20;
const CACHED_WORKFLOWS = 200;
/** A run's next step is offered to the worker that knows the run for so long; if that one is dead, nothing moves. */
const STICKY_TIMEOUT = '2s';
/** Of the memory limit, for the worker process itself and the engine processes' fixed part. */
const ENGINE_SHARE = 0.4;
const JOBS_PER_PROCESS = 2;
const JOBS_PER_LIFE = 200;

leaveMemoryOutOfCoreDumps();
const config = readWorkerConfig(process.argv);
const log = pino({ level: config.logLevel, base: { component: 'worker', pid: process.pid } });

Runtime.install({
  shutdownSignals: ['SIGTERM', 'SIGINT'],
  logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { error, ...rest } = meta ?? {};
    log[level === 'ERROR' ? 'error' : 'warn'](
      { ...rest, ...(error instanceof Error ? { reason: error.message } : {}) },
      message,
    );
  }),
});

const scratchDirectory = await openScratch(config.scratchDir);
const scratchLimit = config.scratchLimit ?? (await halfOfFree(scratchDirectory));
const pool = new EnginePool<EngineJob>({
  entry: new URL('../activities/batch/engine-process.ts', import.meta.url),
  processes: config.parallelChunks,
  jobsPerProcess: JOBS_PER_PROCESS,
  jobsPerLife: JOBS_PER_LIFE,
  scratch: { limit: scratchLimit, expected: (job) => expectedScratch(job, scratchLimit) },
  ended: (pid) => removeAttempts(scratchDirectory, pid),
  environment: {
    ...toEnvironment({
      scratchDirectory,
      engineMemory: (config.memoryLimit * ENGINE_SHARE) / config.parallelChunks,
      chunkBytes: config.chunkBytes,
    }),
    // A process that takes another's place starts in less than half the time.
    NODE_COMPILE_CACHE: join(scratchDirectory, 'compiled'),
  },
});
const guarding = new AbortController();
const guard = guardScratch(scratchDirectory, scratchLimit, (used) => pool.shed(used), guarding.signal).catch(
  (error: Error) => log.error({ reason: error.message }, 'the scratch directory cannot be looked at'),
);

try {
  const receipts = await receiptSettings(config);
  const settings = secretSettings(config);
  const access = { readResource: resourceReader(config.kubeconfig), vault: new Vault(settings), settings };
  const codePath = await workflowBundle();
  const connection = await NativeConnection.connect({ address: config.temporalAddress });
  const worker = await Worker.create({
    connection,
    namespace: config.temporalNamespace,
    taskQueue: config.taskQueue,
    identity: [hostname(), process.pid, config.region].filter(Boolean).join('/'),
    workflowBundle: { codePath },
    activities: batchActivities(
      {
        pool,
        storeTimeoutMs: config.storeTimeout * 1000,
        limits: workerLimits(config),
        receipts,
      },
      () => secretResolver(access),
      log,
    ),
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxConcurrentWorkflowTaskExecutions: CONCURRENT_WORKFLOW_TASKS,
    maxCachedWorkflows: CACHED_WORKFLOWS,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: '2s',
    shutdownForceTime: '20s',
  });
  const { taskQueue, parallelChunks, memoryLimit } = config;
  log.info({ taskQueue, parallelChunks, memoryLimit, scratchLimit }, 'worker ready');
  await worker.run();
  await connection.close();
} catch (error) {
  log.fatal({ reason: error instanceof Error ? error.message : String(error) }, 'worker ended');
  process.exitCode = 1;
} finally {
  pool.close();
  guarding.abort();
  await guard;
  await rm(scratchDirectory, { recursive: true, force: true });
}
