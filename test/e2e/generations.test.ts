import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { apply, batchTransfer, getTransfer, kubectl, untilGone, untilStatus } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';
import { createBucket, endpoint, get, keys, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';

let stack: Stack;
let proxy: StoreProxy;
beforeAll(async () => {
  stack = await startStack('generations');
  proxy = await startStoreProxy(endpoint);
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

/** The spec's own run, or the one that the value of the annotation asks for. */
async function succeeded(name: string, runs: number): Promise<ResourceStatus> {
  const { status } = await poll(
    async () => (await getTransfer(stack.namespace, name))!,
    ({ status: { history = [], active } = {} }) => history.length === runs && active === undefined,
    `${name}: ${runs} runs`,
  );
  expect(status?.history?.every(({ result }) => result === 'Succeeded')).toBe(true);
  return status!;
}

async function runNow(name: string, value: string): Promise<void> {
  const change = ['annotate', '--overwrite', 'bt', name, '-n', stack.namespace];
  expect((await kubectl([...change, `ddc.fybrik.io/run-now=${value}`])).code).toBe(0);
}

/** Three runs, each of another row; resolves with the status after the third. */
async function threeRuns(name: string, bucket: string, destination: object): Promise<ResourceStatus> {
  const source = s3Side(bucket, 'in.csv');
  let status: ResourceStatus = {};
  for (let run = 1; run <= 3; run += 1) {
    await put(bucket, 'in.csv', `id,part\n${run},p${run}\n`);
    const spec = { source, destination, keepGenerations: 2 };
    if (run === 1) expect((await apply(batchTransfer(stack.namespace, name, spec))).stderr).toBe('');
    else await runNow(name, String(run));
    status = await succeeded(name, run);
    expect(status.generations).toHaveLength(run === 1 ? 0 : 1);
  }
  return status;
}

const others = async (bucket: string): Promise<string[]> =>
  (await keys(bucket)).filter((key) => key !== 'in.csv');

test('one generation beside the latest: what the last run has replaced, until the resource is deleted', async () => {
  const bucket = await createBucket('generations');
  const status = await threeRuns('one', bucket, s3Side(bucket, 'data/out.csv'));
  const [kept] = status.generations!;
  expect(kept).toEqual({ prefix: expect.stringMatching(/^\.ddc-generations\//), objects: 1, bytes: 13 });
  const old = `${kept!.prefix}out.csv`;
  expect(await others(bucket)).toEqual([old, 'data/out.csv']);
  expect((await get(bucket, old)).toString()).toBe('id,part\n2,p2\n');
  expect((await get(bucket, 'data/out.csv')).toString()).toBe('id,part\n3,p3\n');

  await kubectl(['delete', 'bt', 'one', '-n', stack.namespace]);
  await untilGone(stack.namespace, 'one');
  expect(await others(bucket)).toEqual([]);
});

test('of several objects, with their paths', async () => {
  const bucket = await createBucket('generations');
  const destination = s3Side(bucket, 'data/', { dataFormat: 'csv', partitionBy: ['part'] });
  const [kept] = (await threeRuns('several', bucket, destination)).generations!;
  const name = (part: string): string => `part=${part}/part-00000.csv`;
  expect(await others(bucket)).toEqual([`${kept!.prefix}${name('p2')}`, `data/${name('p3')}`]);
});

test('a run that fails replaces nothing, and keeps nothing', async () => {
  const bucket = await createBucket('generations');
  await put(bucket, 'in.csv', 'id,part\n1,p1\n');
  const destination = s3Side(bucket, 'out.csv', { endpoint: proxy.endpoint });
  const spec = { source: s3Side(bucket, 'in.csv'), destination, keepGenerations: 3, verify: 'full' };
  expect((await apply(batchTransfer(stack.namespace, 'fails', spec))).stderr).toBe('');
  await succeeded('fails', 1);

  let kept = 0;
  proxy.fault = ({ method, path }) => {
    if (method === 'PUT' && path.includes('/.ddc-generations/')) kept += 1;
    return kept > 0 && method === 'GET' && path.startsWith(`/${bucket}/out.csv`)
      ? { kind: 'corrupt', done: true }
      : undefined;
  };
  await put(bucket, 'in.csv', 'id,part\n2,p2\n');
  await runNow('fails', '2');
  await untilStatus(stack.namespace, 'fails', ['Fatal']);
  expect(kept).toBe(1);
  expect(await others(bucket)).toEqual(['out.csv']);
  expect((await get(bucket, 'out.csv')).toString()).toBe('id,part\n1,p1\n');
});

test('Append replaces nothing', async () => {
  const bucket = await createBucket('generations');
  const sides = { source: s3Side(bucket, 'in.csv'), destination: s3Side(bucket, 'out.csv') };
  const spec = { ...sides, writeOperation: 'Append', keepGenerations: 2 };
  expect((await apply(batchTransfer(stack.namespace, 'append', spec))).stderr).toContain(
    'keepGenerations is for writeOperation Overwrite',
  );
});
