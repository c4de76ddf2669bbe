import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { ENDED } from '../support/outcome.ts';
import { createBucket, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const MIB = 2 ** 20;
const csv = [...paymentsCsv(30_000)].join('');
/** Seconds; plan and copy may each catch up with a second's worth. */
const LEAST = csv.length / MIB - 2;

async function durationOf(stack: Stack, name: string, limits: object): Promise<number> {
  const bucket = await createBucket('limits');
  await put(bucket, 'in.csv', csv);
  await apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(bucket, 'in.csv'),
      destination: s3Side(bucket, 'out.parquet'),
      ...limits,
    }),
  );
  const status = await untilStatus(stack.namespace, name, ENDED);
  expect(status).toMatchObject({ status: 'Succeeded', numRecords: 30_000 });
  return status.statistics!.durationSeconds!;
}

let free: Stack;
let limited: Stack;
beforeAll(async () => {
  free = await startStack('free');
  limited = await startStack('limited', { DDC_BANDWIDTH_LIMIT: '1Mi', DDC_REQUEST_LIMIT: '100' });
});
afterAll(() => Promise.all([free.stop(), limited.stop()]));

test('a limited transfer is right, and takes its time', async () => {
  expect(LEAST).toBeGreaterThan(0.5);
  const limits = { limits: { bandwidth: '1Mi', requestsPerSecond: 50 } };
  expect(await durationOf(free, 'transfer', limits)).toBeGreaterThan(LEAST);
});

test('so are all transfers of a limited worker', async () => {
  expect(await durationOf(limited, 'worker', {})).toBeGreaterThan(LEAST);
});
