import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { childrenOf, holdAt, readLog, type LogLine } from '../support/crash.ts';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { createBucket, endpoint, get, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy, type StoreRequest } from '../support/store-proxy.ts';

const ROWS = 60_000;
/** Another one makes the moments of the random kills others. */
const SEED = Number(process.env['DDC_FAULT_SEED'] ?? 1);
const TRANSFORMATION = [{ action: 'DigestColumns', columns: ['nameDest'], options: { algo: 'sha256' } }];
/** The heartbeat time-out passes before a dead worker's step is given to another. */
const DEADLINE_MS = 100_000;

let stack: Stack;
let bucket: string;
let proxy: StoreProxy;
/** Of an undisturbed run of the same source. */
let reference: Buffer;
let chunks: number;
/** How many requests the undisturbed run made. */
let requests: number;

beforeAll(async () => {
  stack = await startStack('killed', { DDC_CHUNK_BYTES: '100Ki', DDC_PARALLEL_CHUNKS: '1' });
  proxy = await startStoreProxy(endpoint);
  bucket = await createBucket('killed');
  await put(bucket, 'in/payments.csv', [...paymentsCsv(ROWS)].join(''));
  const status = await start('reference').then(() => succeeded('reference'));
  requests = proxy.seen.length;
  reference = await get(bucket, 'out/reference.parquet');
  chunks = status.progress!.chunksTotal;
  expect(chunks).toBeGreaterThan(30);
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});
afterEach(() => {
  proxy.before = () => undefined;
  proxy.after = () => undefined;
});

async function start(name: string, source = 'in/payments.csv'): Promise<void> {
  const store = { endpoint: proxy.endpoint };
  const spec = {
    source: s3Side(bucket, source, store),
    destination: s3Side(bucket, `out/${name}.parquet`, store),
    transformation: TRANSFORMATION,
  };
  expect((await apply(batchTransfer(stack.namespace, name, spec))).stderr).toBe('');
}

const succeeded = (name: string) => untilStatus(stack.namespace, name, ['Succeeded', 'Fatal'], DEADLINE_MS);

/** The object is what an undisturbed run makes of the source, and nothing else is there. */
async function expectUndisturbed(name: string): Promise<void> {
  const status = await succeeded(name);
  expect(status).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
  const result = await get(bucket, `out/${name}.parquet`);
  expect(sha256(result)).toBe(sha256(reference));
  expect((await keys(bucket)).filter((key) => !/^(in|out)\//.test(key))).toEqual([]);
  expect(await uploads(bucket)).toEqual([]);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const isRecord = ({ method, path }: StoreRequest): boolean =>
  method === 'PUT' && /\/chunks\/\d+\.json/.test(path);

function countdown(count: number, matches: (request: StoreRequest) => boolean = () => true) {
  let left = count;
  return (request: StoreRequest): boolean => matches(request) && --left <= 0;
}

async function recordedChunks(): Promise<number[]> {
  const recorded = (await keys(bucket)).map((key) => /\/chunks\/(\d+)\.json$/.exec(key)?.[1]);
  return recorded.filter((chunk) => chunk !== undefined).map(Number);
}

/** Kills the worker with all its processes at the request, and starts another. */
async function killAt(when: 'before' | 'after', matches: (request: StoreRequest) => boolean): Promise<void> {
  const point = holdAt(proxy, when, matches);
  await point.reached;
  await stack.worker.kill();
  point.abandon();
  stack.worker = await stack.start('worker');
}

const linesOf = (pid: number, msg: string): LogLine[] =>
  readLog(stack.worker.logFile).filter((line) => line.pid === pid && line.msg === msg);

describe('kill -9', () => {
  test('of the worker at half of the chunks: only unfinished chunks are copied again', async () => {
    // Not the end of a slice: some slice must be resumed in its middle.
    const some = Math.floor(chunks / 2) + 2;
    const half = holdAt(proxy, 'after', countdown(some, isRecord));
    const first = stack.worker.pid;
    await start('half');
    await half.reached;
    await stack.worker.kill();
    const recorded = await recordedChunks();
    expect(recorded.length).toBeGreaterThanOrEqual(some);
    expect(recorded.length).toBeLessThan(chunks);
    half.abandon();
    stack.worker = await stack.start('worker');
    await expectUndisturbed('half');

    const again = linesOf(stack.worker.pid, 'chunk copied').map((line) => line['chunk'] as number);
    const all = Array.from({ length: chunks }, (_, chunk) => chunk);
    expect([...again].sort((a, b) => a - b)).toEqual(all.filter((chunk) => !recorded.includes(chunk)));
    // Slices of several chunks each were resumed in the middle.
    const slices = linesOf(stack.worker.pid, 'slice started') as (LogLine & Record<string, number[]>)[];
    expect(slices.some(({ finished, remaining }) => finished!.length > 0 && remaining!.length > 0)).toBe(
      true,
    );
    for (const { finished, remaining } of slices) {
      for (const chunk of finished!) expect(recorded).toContain(chunk);
      for (const chunk of remaining!) expect(recorded).not.toContain(chunk);
    }
    expect(linesOf(first, 'slice started').length).toBeGreaterThan(0);
    // What the dead worker had in work is gone with it.
    const scratch = readdirSync(join(stack.dir, 'scratch'));
    expect(scratch.every((name) => name.startsWith(`worker-${stack.worker.pid}-`))).toBe(true);
  });

  test(`of the worker again and again, in every phase of one run (seed ${SEED})`, async () => {
    await start('often');
    await killAt('after', ({ method, path }) => method === 'POST' && path.includes('uploads'));
    for (const life of [1, 2]) {
      const random = createHash('sha256').update(`${SEED}/${life}`).digest().readUInt32BE() / 2 ** 32;
      const request = 1 + Math.floor((random * requests) / 3);
      await killAt(life === 1 ? 'before' : 'after', countdown(request));
    }
    await killAt('after', ({ method, path }) => method === 'POST' && path.includes('uploadId='));
    await killAt('before', ({ method, path }) => method === 'POST' && path.includes('delete'));
    await expectUndisturbed('often');
  });

  test('of the worker that has published a run of one chunk, and told nobody', async () => {
    await put(bucket, 'in/small.csv', [...paymentsCsv(100)].join(''));
    await start('small-reference', 'in/small.csv');
    expect(await succeeded('small-reference')).toMatchObject({ status: 'Succeeded', numRecords: 100 });
    await start('small', 'in/small.csv');
    await killAt('after', ({ method, path }) => method === 'PUT' && path.includes('/out/small.parquet'));
    expect(await succeeded('small')).toMatchObject({ status: 'Succeeded', numRecords: 100 });
    expect(sha256(await get(bucket, 'out/small.parquet'))).toBe(
      sha256(await get(bucket, 'out/small-reference.parquet')),
    );
  });

  test('of the engine processes alone: the worker repeats what they had in work', async () => {
    const { pid } = stack.worker;
    const failures = linesOf(pid, 'activity failed').length;
    const half = holdAt(proxy, 'before', countdown(Math.floor(chunks / 2), isRecord));
    await start('engine');
    await half.reached;
    const engines = await childrenOf(pid, 'engine-process.ts');
    expect(engines).toHaveLength(1);
    for (const engine of engines) process.kill(engine, 'SIGKILL');
    half.release();
    await expectUndisturbed('engine');
    expect(stack.worker.pid).toBe(pid);
    expect(linesOf(pid, 'activity failed')).toHaveLength(failures);
    expect(await childrenOf(pid, 'engine-process.ts')).not.toEqual(engines);
  });
});
