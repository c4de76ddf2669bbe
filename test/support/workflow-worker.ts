import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import { Connection, Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  bundleWorkflowCode,
  type WorkflowBundle,
} from '@temporalio/worker';
import type {
  BatchActivities,
  BatchTransferInput,
  FailureDetails,
  PlannedRun,
  PublishedRun,
  RunProgress,
  Transfer,
} from '../../workflows/contract.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import { poll } from './poll.ts';

const SILENT = new DefaultLogger('ERROR', () => undefined);
Runtime.install({ logger: SILENT });

export const TRANSFER: Transfer = {
  kind: 'BatchTransfer',
  apiVersion: 'fybrik.io/v1',
  namespace: 'ns',
  name: 'copy',
  uid: '00000000-0000-0000-0000-000000000001',
  generation: 1,
  source: {
    store: 's3',
    endpoint: 'http://s3',
    bucket: 'b',
    objectKey: 'in.csv',
    description: 's3://b/in.csv',
  },
  destination: {
    store: 's3',
    endpoint: 'http://s3',
    bucket: 'b',
    objectKey: 'out',
    description: 's3://b/out',
  },
  transformations: [],
  writeOperation: 'Overwrite',
  readDataType: 'LogData',
  writeDataType: 'LogData',
  maxFailedRetries: 2,
};

export const PUBLISHED: PublishedRun = {
  objects: [{ endpoint: 'http://s3', bucket: 'b', key: 'out', etag: '"e"', bytes: 9 }],
  objectCount: 1,
  statistics: { rowsRead: 4, rowsWritten: 3, bytesRead: 20, bytesWritten: 9 },
};

export const planned = (chunks: number, sliceSize = 1): PlannedRun => ({
  chunks,
  sliceSize,
  whole: chunks === 1,
  staged: chunks > 1,
  plan: { kind: 'stored', key: 'plan' },
  source: { format: 'csv', columns: [] },
  destination: { format: 'parquet', columns: [] },
  warnings: [],
});

export const PLAN_REPORT: PlanReport = {
  source: { format: 'csv', columns: [{ name: 'a', type: 'int64', nullable: true }] },
  destination: { format: 'parquet', columns: [{ name: 'a', type: 'int64', nullable: true }] },
  conversions: [],
  warnings: [],
  reads: { objects: 1, bytes: 20 },
  writes: { location: 's3://b/out', operation: 'Overwrite', present: 'nothing' },
  chunks: 1,
  slices: 1,
  requests: { get: 6, put: 1, part: 0, delete: 0 },
  permissions: [{ side: 'source', request: 'GET', location: 's3://b/in.csv', outcome: 'allowed' }],
};

/** As activities throw them. */
export function failure(type: string, details: FailureDetails, message = type): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
}

const SUM = { rowsRead: 1, rowsWritten: 1, bytesRead: 10, bytesWritten: 5 };

/** Activities that succeed at once and note their calls; `overrides` replaces some. */
export function fakeActivities(overrides: Partial<BatchActivities>, calls: string[]): BatchActivities {
  const all: BatchActivities = {
    plan: async () => planned(1),
    planReport: async () => PLAN_REPORT,
    copyWhole: async () => PUBLISHED,
    copySlice: async () => SUM,
    publish: async () => PUBLISHED,
    planVerification: async () => ({
      chunks: 3,
      sliceSize: 2,
      plan: { kind: 'stored', key: 'verification' },
    }),
    verifySlice: async ({ from, to }) => ({ rows: to - from, sums: [String(to - from)] }),
    restore: async () => undefined,
    writeReceipt: async ({ key }) => ({ key, sha256: 'hash', signature: 'signature', signedBy: 'key' }),
    cleanUp: async () => undefined,
    discard: async () => undefined,
    deleteData: async () => ({ deleted: [], kept: [] }),
    ...overrides,
  };
  const noted = Object.entries(all).map(([name, activity]) => [
    name,
    async (input: never) => {
      calls.push(name);
      return (activity as (input: never) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(noted) as BatchActivities;
}

let bundle: Promise<WorkflowBundle> | undefined;
const workflowBundle = (): Promise<WorkflowBundle> =>
  (bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: SILENT,
  }));

/** Runs `work` while a worker with these activities polls a task queue of its own. */
export async function withWorker<T>(
  activities: BatchActivities,
  work: (
    start: (type: string, input: unknown) => Promise<WorkflowHandle>,
    own: { client: Client; taskQueue: string },
  ) => Promise<T>,
): Promise<T> {
  const address = process.env['DDC_TEMPORAL_ADDRESS']!;
  const taskQueue = `wf-${randomBytes(4).toString('hex')}`;
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities,
      maxHeartbeatThrottleInterval: '200ms',
      shutdownForceTime: '5s',
    });
    return await worker.runUntil(() =>
      work(
        (type, input) => client.workflow.start(type, { taskQueue, workflowId: taskQueue, args: [input] }),
        { client, taskQueue },
      ),
    );
  } finally {
    await clientConnection.close();
    await connection.close();
  }
}

export const input = (more: Partial<BatchTransferInput> = {}): BatchTransferInput => ({
  transfer: TRANSFER,
  previous: [],
  ...more,
});

/** Why a run has failed. */
export async function causeOf(result: Promise<unknown>): Promise<unknown> {
  const error = await result.then(
    () => new Error('did not fail'),
    (reason: unknown) => reason,
  );
  return error instanceof WorkflowFailedError ? error.cause : error;
}

/** Waits until a run waits for a retry. */
export function untilFailed(handle: WorkflowHandle, attempt = 1): Promise<RunProgress> {
  return poll(
    () => handle.query<RunProgress>('progress'),
    ({ state, failure: waiting }) => state === 'Failed' && waiting?.attempt === attempt,
    `failure ${attempt}`,
  );
}
