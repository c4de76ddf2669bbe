import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { childrenOf, countdown, holdAt, isRecord, readLog, type LogLine } from '../support/crash.ts';
import { ONCE, paymentCopies, type PaymentCopies } from '../support/payment-copies.ts';
import { startStack, type Stack } from '../support/stack.ts';
import type { StoreRequest } from '../support/store-faults.ts';

const ROWS = 40_000;
/** Another one makes the moments of the random kills others. */
const SEED = Number(process.env['DDC_FAULT_SEED'] ?? 1);
/** After each kill a heartbeat time-out passes. */
const MANY_KILLS_MS = 300_000;

let stack: Stack;
let copies: PaymentCopies;
/** Of an undisturbed run of the same source: SHA-256 of its result, its chunks, how many requests it made. */
let reference: string;
let chunks: number;
let requests: number;

beforeAll(async () => {
  stack = await startStack('killed', { DDC_CHUNK_BYTES: '100Ki' });
  copies = await paymentCopies(stack, process.env);
  await copies.start(['reference'], ROWS);
  chunks = (await copies.end('reference')).progress!.chunksTotal;
  requests = copies.proxy.seen.length;
  reference = await copies.result('reference');
  expect(chunks).toBeGreaterThan(25);
});
afterAll(async () => {
  await stack.stop();
  await copies.close();
});

/** The object is what an undisturbed run makes of the source, and nothing else is there. */
async function expectUndisturbed(name: string): Promise<void> {
  expect(await copies.end(name)).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
  expect(await copies.result(name)).toBe(reference);
  expect(await copies.leftovers()).toEqual([]);
  expect(await copies.history(name)).toEqual(ONCE);
  // Never given up for another plan, which would copy everything again.
  expect(copies.proxy.seen.filter((request) => /\/[1-9]\d*\/plan\.json/.test(request))).toEqual([]);
}

/** Kills the worker with all its processes at the first request that matches, and starts another. */
async function killAt(when: 'before' | 'after', matches: (request: StoreRequest) => boolean): Promise<void> {
  const point = holdAt(copies.proxy, when, matches);
  await point.reached;
  await stack.worker.kill();
  point.abandon();
  stack.worker = await stack.start('worker');
}

const byNumber = (a: number, b: number): number => a - b;

const linesOf = (pid: number, msg: string): LogLine[] =>
  readLog(stack.worker.logFile).filter((line) => line.pid === pid && line.msg === msg);

describe('kill -9', () => {
  test('of the worker at half of the chunks: only unfinished chunks are copied again', async () => {
    // Not the end of a slice: some slice must be resumed in its middle.
    const some = Math.floor(chunks / 2) + 2;
    const half = holdAt(copies.proxy, 'after', countdown(some, isRecord));
    await copies.start(['half'], ROWS);
    await half.reached;
    await stack.worker.kill();
    const recorded = await copies.recordedChunks();
    expect(recorded.length).toBeGreaterThanOrEqual(some);
    expect(recorded.length).toBeLessThan(chunks);
    half.abandon();
    stack.worker = await stack.start('worker');
    await expectUndisturbed('half');

    const slices = linesOf(stack.worker.pid, 'slice started').map(({ finished, remaining }) => ({
      finished: finished as number[],
      remaining: remaining as number[],
    }));
    expect(slices.some(({ finished, remaining }) => finished.length > 0 && remaining.length > 0)).toBe(true);
    // A record that was on its way to the store when the worker died may have arrived later.
    const done = new Set([...recorded, ...slices.flatMap(({ finished }) => finished)]);
    const all = Array.from({ length: chunks }, (_, chunk) => chunk);
    const unfinished = all.filter((chunk) => !done.has(chunk));
    expect(slices.flatMap(({ remaining }) => remaining).toSorted(byNumber)).toEqual(unfinished);
    const copied = linesOf(stack.worker.pid, 'chunk copied').map(({ chunk }) => chunk as number);
    expect(copied.toSorted(byNumber)).toEqual(unfinished);
    // What the dead worker had in work is gone.
    const scratch = readdirSync(join(stack.dir, 'scratch'));
    expect(scratch.map((name) => name.split('-').at(-2))).toEqual([String(stack.worker.pid)]);
  });

  test(
    `of the worker again and again, in every phase of one run (seed ${SEED})`,
    async () => {
      await copies.start(['often'], ROWS);
      // The upload exists, and nobody has noted it.
      await killAt('after', ({ method, path }) => method === 'POST' && path.includes('uploads'));
      for (const when of ['before', 'after'] as const) {
        const random = createHash('sha256').update(`${SEED}/${when}`).digest().readUInt32BE() / 2 ** 32;
        await killAt(when, countdown(1 + Math.floor((random * requests) / 3)));
      }
      // The copy is visible, and nobody knows.
      await killAt('after', ({ method, path }) => method === 'POST' && path.includes('uploadId='));
      // Nothing of the ledger is removed yet.
      await killAt('before', ({ method, path }) => method === 'DELETE' && !path.includes('uploadId='));
      await expectUndisturbed('often');
    },
    MANY_KILLS_MS,
  );

  test('of the worker that has published a run of one chunk, and told nobody', async () => {
    await copies.start(['small-reference'], 100);
    await copies.end('small-reference');
    await copies.start(['small'], 100);
    await killAt('after', ({ method, path }) => method === 'PUT' && path.includes('/out/small.parquet'));
    expect(await copies.end('small')).toMatchObject({ status: 'Succeeded', numRecords: 100 });
    expect(await copies.result('small')).toBe(await copies.result('small-reference'));
    expect(await copies.history('small')).toEqual(ONCE);
  });

  test('of the engine processes alone: the worker repeats what they had in work', async () => {
    const { pid } = stack.worker;
    const failures = linesOf(pid, 'activity failed');
    const half = holdAt(copies.proxy, 'before', countdown(Math.floor(chunks / 2), isRecord));
    await copies.start(['engine'], ROWS);
    await half.reached;
    const engines = await childrenOf(pid, 'engine-process.ts');
    expect(engines).toHaveLength(1);
    for (const engine of engines) process.kill(engine, 'SIGKILL');
    half.release();
    await expectUndisturbed('engine');
    expect(linesOf(pid, 'activity failed')).toEqual(failures);
    expect(await childrenOf(pid, 'engine-process.ts')).not.toEqual(engines);
  });
});
