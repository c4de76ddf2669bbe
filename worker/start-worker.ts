import { hostname } from 'node:os';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { batchActivities } from '../activities/batch/activities.ts';
import { toEnvironment } from '../activities/batch/engine-settings.ts';
import { expectedScratch } from '../activities/batch/expected-scratch.ts';
import type { EngineJob } from '../activities/batch/jobs.ts';
import { removeAttempts } from '../activities/batch/scratch.ts';
import { EnginePool } from '../activities/engine/pool.ts';
import type { SecretResolver } from '../activities/secrets/secrets.ts';
import { workerLimits, type WorkerConfig } from './config.ts';
import { receiptSettings } from './receipts.ts';
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

export interface WorkerParts {
  /** Makes a resolver for one activity. */
  secrets: () => SecretResolver;
  log: Logger;
  /** Those that end the worker. */
  shutdownSignals: NodeJS.Signals[];
}

export interface StartedWorker {
  /** Bytes. */
  scratchLimit: number;
  /** Begins to end it; what it does may take some seconds more. */
  shutdown(): void;
  /** Resolves when it has ended and nothing is left of it. */
  ended: Promise<void>;
}

/** Starts a worker in this process; resolves when it takes work. @throws Error when Temporal cannot be reached */
export async function startWorker(config: WorkerConfig, parts: WorkerParts): Promise<StartedWorker> {
  const { log } = parts;
  Runtime.install({
    shutdownSignals: parts.shutdownSignals,
    // otherwise its native part writes to standard output, where results go
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
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
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(scratchDirectory, 'compiled'),
    },
  });
  const guarding = new AbortController();
  const guard = guardScratch(
    scratchDirectory,
    scratchLimit,
    (used) => pool.shed(used),
    guarding.signal,
  ).catch((error: Error) =>
    log.error({ reason: error.message }, 'the scratch directory cannot be looked at'),
  );
  const release = async (): Promise<void> => {
    pool.close();
    guarding.abort();
    await guard;
    await rm(scratchDirectory, { recursive: true, force: true });
  };
  try {
    const { worker, connection } = await openWorker(config, parts, pool);
    const run = async (): Promise<void> => {
      try {
        await worker.run();
        await connection.close();
      } finally {
        await release();
      }
    };
    return { scratchLimit, shutdown: () => worker.shutdown(), ended: run() };
  } catch (error) {
    await release();
    throw error;
  }
}

async function openWorker(
  config: WorkerConfig,
  { secrets, log }: WorkerParts,
  pool: EnginePool<EngineJob>,
): Promise<{ worker: Worker; connection: NativeConnection }> {
  const receipts = await receiptSettings(config);
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
      secrets,
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
  return { worker, connection };
}
