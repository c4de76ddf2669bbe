import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planWorkflowId } from '../../workflows/contract.ts';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';
import { createBucket, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const DRY_RUN = 'ddc.fybrik.io/dry-run';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack('dry-run', { DDC_CHUNK_BYTES: '100Ki' });
});
afterAll(() => stack.stop());

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
  expect(done).toMatchObject({ status: 'Succeeded', numRecords: 20_000, progress: { chunksTotal: plan!.chunks } });
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
