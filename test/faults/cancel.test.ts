import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { runWorkflowId } from '../../workflows/contract.ts';
import { countdown, holdAt, isRecord, stallAt } from '../support/crash.ts';
import { getTransfer, kubectl, untilGone } from '../support/kubernetes.ts';
import { kindCopies, type KindCopies } from '../support/kind-copies.ts';
import { poll } from '../support/poll.ts';
import { get, put } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import type { StoreRequest } from '../support/store-faults.ts';
import { workflowsOf, type Workflows } from '../support/workflows.ts';

let stack: Stack;
let copies: KindCopies;
let workflows: Workflows;
/** Milliseconds from the request to a clean bucket and scratch directory. */
const took: number[] = [];

beforeAll(async () => {
  stack = await startStack('cancel', { DDC_CHUNK_BYTES: '100Ki' });
  copies = await kindCopies(stack, process.env);
  workflows = await workflowsOf(process.env);
});
afterAll(async () => {
  console.info(`cancelled after ${took.map((ms) => Math.round(ms)).join(', ')} ms`);
  await stack.stop();
  await Promise.all([copies.close(), workflows.close()]);
});

async function runOf(name: string): Promise<WorkflowHandle> {
  const { metadata } = (await getTransfer(stack.namespace, name))!;
  const id = runWorkflowId({ kind: 'BatchTransfer', apiVersion: 'fybrik.io/v1', ...metadata });
  return workflows.client.workflow.getHandle(id);
}

/** Ways to end what a resource asks for; each resolves when it has been asked for. */
const requests: Record<string, (name: string) => Promise<unknown>> = {
  deleted: (name) => kubectl(['delete', 'bt', name, '-n', stack.namespace, '--wait=false']),
  cancelled: async (name) => (await runOf(name)).cancel(),
};
const ends: Record<string, (name: string) => Promise<unknown>> = {
  deleted: (name) => untilGone(stack.namespace, name),
  cancelled: async (name) => {
    expect(await copies.end(name)).toMatchObject({ status: 'Fatal' });
  },
};

const isRead = ({ method, path }: StoreRequest): boolean => method === 'GET' && path.includes('/in/');
const isOpening = ({ method, path }: StoreRequest): boolean => method === 'POST' && path.includes('?uploads');
const isPart = ({ method, path }: StoreRequest): boolean => method === 'PUT' && path.includes('partNumber=');
const isCarried = ({ method, path }: StoreRequest): boolean => method === 'PUT' && path.includes('/carried/');
/** Of a whole result. */
const isResult = ({ method, path }: StoreRequest): boolean => method === 'PUT' && path.includes('/out/');

const scratchIsEmpty = (): boolean =>
  readdirSync(join(stack.dir, 'scratch'), { recursive: true }).every(
    (path) => !String(path).includes('attempt-'),
  );

describe.each(Object.keys(requests))('a copy that is %s', (way) => {
  test.each<[string, string, 'before' | 'after', () => (request: StoreRequest) => boolean, string]>([
    ['while it looks at the source', 'csv-to-parquet', 'before', () => isRead, ''],
    ['when an upload is open and not noted', 'parquet-to-csv', 'after', () => isOpening, ''],
    ['while several are opened', 'binary-through-worker', 'after', () => isOpening, 'large.bin'],
    ['while it copies chunks', 'json-to-parquet', 'before', () => countdown(3, isRecord), ''],
    ['while it copies parts', 'binary-through-worker', 'before', () => isPart, 'small.bin'],
    [
      'while it keeps bodies for later',
      'partitioned',
      'before',
      () => isCarried,
      '/type=DEBIT/part-00000.parquet',
    ],
    ['before it publishes', 'encrypted', 'before', () => countdown(6, isRecord), ''],
    ['while a single chunk is converted', 'one-large-chunk', 'before', () => countdown(2, isRead), ''],
    ['while a small copy is made', 'one-chunk', 'before', () => isRead, ''],
  ])('%s leaves the bucket as it was', async (phase, kind, when, matches, part) => {
    const name = `${way}-${phase.replaceAll(' ', '-')}`;
    const old = copies.keyOf(kind, name) + part;
    await put(copies.bucket, old, 'of before');
    const before = await copies.holds();
    const point = stallAt(copies.proxy, when, matches());
    await copies.start(kind, name);
    await point.reached;
    const asked = performance.now();
    await requests[way]!(name);
    // What the worker itself waits for comes through; what an engine process waits for never does.
    if (when === 'after') point.release();
    await poll(
      () => copies.holds().then(({ keys, uploads }) => ({ keys, uploads, scratch: scratchIsEmpty() })),
      ({ keys, uploads, scratch }) => scratch && uploads.length === 0 && keys.join() === before.keys.join(),
      'the bucket to be as it was',
      30_000,
    );
    took.push(performance.now() - asked);
    await ends[way]!(name);
    point.abandon();
    expect(await copies.holds()).toEqual(before);
    expect((await get(copies.bucket, old)).toString()).toBe('of before');
  });
});

describe('the worker is killed, and the copy ended before another worker comes', () => {
  async function killAt(kind: string, name: string, matches: (request: StoreRequest) => boolean) {
    const point = holdAt(copies.proxy, 'after', matches);
    await copies.start(kind, name);
    await point.reached;
    await stack.worker.kill();
    point.abandon();
  }

  test.each([
    ['one-chunk', 100],
    ['one-large-chunk', 16_000],
  ])('a copy that is visible has succeeded, whoever cancels it: %s', async (kind, numRecords) => {
    const name = `visible-${kind}`;
    await killAt(kind, name, isResult);
    await requests['cancelled']!(name);
    stack.worker = await stack.start('worker');
    expect(await copies.end(name)).toMatchObject({ status: 'Succeeded', numRecords });
    const { keys } = await copies.holds();
    expect(keys).toContain(copies.keyOf(kind, name));
  });

  test('a copy that is visible goes with its resource', async () => {
    const before = await copies.holds();
    await killAt('one-chunk', 'deleted-visible', isResult);
    await requests['deleted']!('deleted-visible');
    stack.worker = await stack.start('worker');
    await untilGone(stack.namespace, 'deleted-visible');
    expect(await copies.holds()).toEqual(before);
  });

  test.each([
    ['cancelled', (name: string) => requests['cancelled']!(name)],
    // Nothing discards what it had begun: it goes with the resource.
    ['terminated', async (name: string) => (await runOf(name)).terminate()],
  ])('an upload that it has opened and not noted is ended: %s', async (way, end) => {
    const before = await copies.holds();
    const name = `opened-${way}`;
    await killAt('binary-through-worker', name, isOpening);
    expect((await copies.holds()).uploads).toHaveLength(1);
    await end(name);
    stack.worker = await stack.start('worker');
    await copies.end(name);
    await requests['deleted']!(name);
    await untilGone(stack.namespace, name);
    expect(await copies.holds()).toEqual(before);
  });
});
