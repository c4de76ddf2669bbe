import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyWhole } from '../../activities/batch/copy-chunk.ts';
import { makePlan } from '../../activities/batch/make-plan.ts';
import { chunkWork, type ChunkWork, type TabularPlan } from '../../activities/batch/plan.ts';
import type { Run } from '../../workflows/contract.ts';
import { accessKey, createBucket, endpoint, get, keys, put, secretKey } from '../support/s3.ts';
import { TRANSFER } from '../support/workflow-worker.ts';

let bucket: string;
let scratchDirectory: string;

beforeAll(async () => {
  bucket = await createBucket('copy-whole');
  scratchDirectory = await mkdtemp(join(tmpdir(), 'ddc-whole-'));
  await put(bucket, 'in.csv', 'a\n1\n2\n');
});
afterAll(() => rm(scratchDirectory, { recursive: true }));

/** Of a run of one chunk: how often it was committed, and what it resolves with. */
async function copied(work: Partial<ChunkWork>): Promise<{ commits: number; result: Promise<unknown> }> {
  const connection = { endpoint, bucket, credentials: { accessKey, secretKey } };
  const asset = (objectKey: string) => ({ ...TRANSFER.source, endpoint, bucket, objectKey });
  const transfer = { ...TRANSFER, source: asset('in.csv'), destination: asset('out.csv') };
  const run: Run = { transfer, runId: 'r', epoch: 0, startedAt: new Date().toISOString() };
  const job = {
    run,
    source: connection,
    destination: connection,
    secrets: { seed: '', options: [], source: {}, destination: {} },
  };
  const settings = { scratchDirectory, engineMemory: 256e6, chunkBytes: 2 ** 20 };
  const { plan } = await makePlan({ ...job, hints: {} }, settings);
  const planned = chunkWork(plan as TabularPlan, 0, (key) => key);
  const outcome = { commits: 0 };
  const commit = async (): Promise<void> => {
    outcome.commits += 1;
  };
  const whole = { ...job, type: 'copyWhole' as const, work: { ...planned, ...work } };
  const result = copyWhole(whole, settings, { commit });
  await result.catch(() => undefined);
  return { ...outcome, result };
}

test('what does not add up is refused before anything is visible', async () => {
  const { commits, result } = await copied({ chunk: 1 });
  await expect(result).rejects.toMatchObject({
    code: 'VerificationFailed',
    message: 'the record of chunk 0 is that of chunk 1; nothing was published',
  });
  expect(commits).toBe(0);
  expect(await keys(bucket)).toEqual(['in.csv']);
});

test('what adds up is published with its checksums', async () => {
  const { commits, result } = await copied({});
  expect(await result).toMatchObject({
    statistics: { rowsRead: 2, rowsWritten: 2 },
    checksums: { columns: [{ column: 'a' }] },
  });
  expect(commits).toBe(1);
  expect((await get(bucket, 'out.csv')).toString()).toBe('a\n1\n2\n');
});
