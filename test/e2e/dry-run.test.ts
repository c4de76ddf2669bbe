import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Preview } from '../../activities/batch/preview.ts';
import { planWorkflowId } from '../../workflows/contract.ts';
import type { PlanReport, RequestEstimate } from '../../workflows/contract/plan-report.ts';
import { ddc } from '../support/ddc.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';
import { createBucket, endpoint, get, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const DRY_RUN = 'ddc.fybrik.io/dry-run';

let stack: Stack;
let proxy: StoreProxy;
beforeAll(async () => {
  proxy = await startStoreProxy(endpoint);
  stack = await startStack('dry-run', { DDC_CHUNK_BYTES: '100Ki' });
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

async function payments(): Promise<string> {
  const bucket = await createBucket('dry');
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index},name ${index},${index / 8}\n`);
  await put(bucket, 'in.csv', `id,name,amount\n${lines.join('')}`);
  return bucket;
}

async function applyDry(name: string, spec: object): Promise<void> {
  const resource = batchTransfer(stack.namespace, name, spec) as { metadata: object };
  const metadata = { ...resource.metadata, annotations: { [DRY_RUN]: 'true' } };
  expect((await apply({ ...resource, metadata })).stderr).toBe('');
}

const planned = (name: string) =>
  poll(
    async () => (await getTransfer(stack.namespace, name))?.status ?? {},
    ({ plan }) => plan !== undefined,
    `${name} to be planned`,
  );

test('a dry run fills status.plan and leaves the bucket as it is; without the annotation it runs', async () => {
  const bucket = await payments();
  const spec = {
    source: s3Side(bucket, 'in.csv'),
    destination: s3Side(bucket, 'out.parquet'),
    transformation: [
      { action: 'RemoveColumns', columns: ['name'] },
      { action: 'DigestColumns', columns: ['id'] },
    ],
  };
  await applyDry('copy', spec);
  const status = await planned('copy');
  const { metadata } = (await getTransfer(stack.namespace, 'copy'))!;
  expect(status).toMatchObject({
    status: 'Pending',
    plan: {
      generation: 1,
      source: {
        format: 'csv',
        columns: [
          { name: 'id', type: 'int64', nullable: true },
          { name: 'name', type: 'utf8', nullable: true },
          { name: 'amount', type: 'double', nullable: true },
        ],
        moreColumns: 0,
      },
      destination: {
        format: 'parquet',
        columns: [
          { name: 'id', type: 'utf8', nullable: true },
          { name: 'amount', type: 'double', nullable: true },
        ],
      },
      objects: 1,
      writes: `s3://${bucket}/out.parquet`,
      present: 'nothing',
    },
  });
  const { plan } = status;
  expect(plan!.chunks).toBeGreaterThan(3);
  expect(plan!.permissions).toContainEqual({
    side: 'destination',
    request: 'PUT',
    location: `s3://${bucket}/out.parquet`,
    outcome: 'allowed',
  });
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  expect(ready).toMatchObject({ status: 'False', reason: 'DryRun' });
  const events = await eventsOf(stack.namespace, 'copy');
  expect(events.map(({ type, reason }) => `${type} ${reason}`)).toEqual(['Normal Planned']);
  expect(metadata.finalizers ?? []).toEqual([]);
  expect(await keys(bucket)).toEqual(['in.csv']);
  expect(await uploads(bucket)).toEqual([]);

  await kubectl(['annotate', 'bt', 'copy', '-n', stack.namespace, `${DRY_RUN}-`]);
  const done = await untilStatus(stack.namespace, 'copy', ['Succeeded', 'Fatal']);
  expect(done).toMatchObject({
    status: 'Succeeded',
    numRecords: 20_000,
    progress: { chunksTotal: plan!.chunks },
  });
  expect(done.destination?.columns).toEqual(plan!.destination.columns);
  expect(await keys(bucket)).toEqual(['in.csv', 'out.parquet']);
});

test('what would fail is told: a source that is not there', async () => {
  const bucket = await payments();
  await applyDry('absent', { source: s3Side(bucket, 'no.csv'), destination: s3Side(bucket, 'out.csv') });
  const status = await untilStatus(stack.namespace, 'absent', ['Fatal']);
  const { metadata } = (await getTransfer(stack.namespace, 'absent'))!;
  expect(status.error).toContain(`s3://${bucket}/no.csv does not exist`);
  expect(status.lastFailed).toBe(
    planWorkflowId({ kind: 'BatchTransfer', apiVersion: 'fybrik.io/v1', ...metadata }),
  );
  expect(status.conditions?.find(({ type }) => type === 'Stalled')).toMatchObject({ reason: 'PlanFailed' });
  expect(await keys(bucket)).toEqual(['in.csv']);
});

test('a preview shows the rows that the run writes, though its chunks are others', async () => {
  const bucket = await payments();
  // digests do not compress, so that the object has several chunks
  const transformation = [{ action: 'DigestColumns', columns: ['name'], options: { algo: 'sha512' } }];
  const destination = s3Side(bucket, 'in.parquet');
  const converted = { source: s3Side(bucket, 'in.csv'), destination, transformation };
  expect(await outcome(stack.namespace, 'converted', converted)).toMatchObject({ status: 'Succeeded' });
  const spec = {
    source: s3Side(bucket, 'in.parquet'),
    destination: s3Side(bucket, 'out.csv'),
    transformation: [
      { action: 'SampleRows', options: { fraction: 0.1, seed: 7 } },
      { action: 'DigestColumns', columns: ['name'] },
    ],
  };
  const resource = batchTransfer(stack.namespace, 'shown', spec);
  const shown = await ddc(['preview', '-f', '-', '--rows', '1500', '-o', 'json'], JSON.stringify(resource));
  const { rows, columns } = JSON.parse(shown.stdout) as Preview;
  expect(rows).toHaveLength(1500);
  const done = await outcome(stack.namespace, 'shown', spec);
  expect(done.error).toBeUndefined();
  expect(done.progress!.chunksTotal).toBeGreaterThan(1);
  const written = String(await get(bucket, 'out.csv')).split('\n');
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.join(','));
  expect(written.slice(0, 1501)).toEqual(lines);
});

/** By kind, as RequestEstimate counts them. */
function kindsOf(seen: readonly string[]): RequestEstimate {
  const count = (kind: (method: string, path: string) => boolean): number =>
    seen.filter((line) => {
      const [method, path] = line.split(' ') as [string, string];
      return kind(method, path);
    }).length;
  const isPart = (path: string): boolean => path.includes('partNumber=');
  const isList = (path: string): boolean => /[?&](list-type|uploads)/.test(path);
  return {
    get: count((method, path) => ['GET', 'HEAD'].includes(method) && !isList(path)),
    put: count(
      (method, path) =>
        (['PUT', 'POST'].includes(method) && !isPart(path)) || (method === 'GET' && isList(path)),
    ),
    part: count((method, path) => method === 'PUT' && isPart(path)),
    delete: count((method) => method === 'DELETE'),
  };
}

test.each([
  ['one-chunk', 'one.csv', 'out.parquet', {}],
  ['several-chunks', 'in.csv', 'out.parquet', {}],
  ['binary', 'in.csv', 'out.bin', { dataFormat: 'binary' }],
])('the estimate of requests is about right: %s', async (name, from, to, more) => {
  const bucket = await payments();
  await put(bucket, 'one.csv', 'a\n1\n');
  proxy.seen.length = 0;
  const place = { endpoint: proxy.endpoint };
  const spec = {
    source: s3Side(bucket, from, { ...more, ...place }),
    destination: s3Side(bucket, to, place),
  };
  const resource = JSON.stringify(batchTransfer(stack.namespace, name, spec));
  const planned = await ddc(['plan', '-f', '-', '-o', 'json', '--chunk-bytes', '100Ki'], resource);
  const { requests } = JSON.parse(planned.stdout) as PlanReport;
  // a plan is itself nothing but looking, but for the empty part of no upload
  expect(kindsOf(proxy.seen)).toMatchObject({ part: expect.any(Number), delete: 0 });
  proxy.seen.length = 0;
  const done = await outcome(stack.namespace, name, spec);
  expect(done.error).toBeUndefined();
  const made = kindsOf(proxy.seen);
  for (const kind of ['get', 'put', 'part', 'delete'] as const) {
    const difference = Math.abs(made[kind] - requests[kind]);
    if (difference > 3 + 0.3 * made[kind]) throw new Error(`${kind}: ${made[kind]}, not ${requests[kind]}`);
  }
  await expectOnly(bucket, ['in.csv', 'one.csv', to]);
});
