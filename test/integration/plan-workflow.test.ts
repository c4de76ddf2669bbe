import { expect, test } from '@jest/globals';
import type { BatchActivities, RunProgress } from '../../workflows/contract.ts';
import { poll } from '../support/poll.ts';
import { failure, fakeActivities, PLAN_REPORT, TRANSFER, withWorker } from '../support/workflow-worker.ts';

async function plan<T>(
  overrides: Partial<BatchActivities>,
  work: (handle: Awaited<ReturnType<Parameters<Parameters<typeof withWorker>[1]>[0]>>) => Promise<T>,
): Promise<{ value: T; calls: string[] }> {
  const calls: string[] = [];
  const value = await withWorker(fakeActivities(overrides, calls), async (start) =>
    work(await start('planTransfer', { transfer: TRANSFER })),
  );
  return { value, calls };
}

test('a dry run asks for the report and does nothing else', async () => {
  const { value, calls } = await plan({}, (handle) => handle.result());
  expect(value).toEqual(PLAN_REPORT);
  expect(calls).toEqual(['planReport']);
});

test('what may pass is tried again, and shown meanwhile', async () => {
  let attempts = 0;
  const planReport = async () => {
    attempts += 1;
    if (attempts === 1) throw failure('StoreUnavailable', { class: 'retry' }, 'no route');
    return PLAN_REPORT;
  };
  const { value, calls } = await plan({ planReport }, async (handle) => {
    const waiting = await poll(
      () => handle.query<RunProgress>('progress'),
      ({ state }) => state === 'Failed',
      'a retry to be due',
    );
    expect(waiting.failure).toMatchObject({ message: 'no route', attempt: 1, maxAttempts: 2 });
    await handle.executeUpdate('retry');
    return handle.result();
  });
  expect(value).toEqual(PLAN_REPORT);
  expect(calls).toEqual(['planReport', 'planReport']);
});

test('what will not pass ends it with the reason; nothing is discarded, for nothing was written', async () => {
  const planReport = async () => {
    throw failure('ObjectNotFound', { class: 'fatal' }, 'there is no in.csv');
  };
  const { calls } = await plan({ planReport }, async (handle) => {
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'ObjectNotFound', message: 'there is no in.csv' },
    });
  });
  expect(calls).toEqual(['planReport']);
});
