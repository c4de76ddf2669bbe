import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { BatchActivities, PlannedRun } from '../../workflows/contract.ts';
import { poll } from '../support/poll.ts';
import {
  PUBLISHED,
  causeOf,
  failure,
  fakeActivities,
  input,
  planned,
  untilFailed,
  withWorker,
} from '../support/workflow-worker.ts';

const copied: PlannedRun = { ...planned(1), published: PUBLISHED };
const died = ApplicationFailure.create({ type: 'WorkerShutdown', message: 'gone', nonRetryable: false });

describe('a small copy', () => {
  test('is made by the step that plans it', async () => {
    const calls: string[] = [];
    const asked: unknown[] = [];
    const plan: BatchActivities['plan'] = async ({ mayCopy }) => {
      asked.push(mayCopy);
      return copied;
    };
    const result = await withWorker(fakeActivities({ plan }, calls), async (start) =>
      (await start('batchTransfer', input())).result(),
    );
    expect(result).toMatchObject({ ...PUBLISHED, chunks: 1 });
    expect(calls).toEqual(['plan']);
    expect(asked).toEqual([true]);
  });

  test('is a step of its own once planning has failed', async () => {
    const calls: string[] = [];
    const plan: BatchActivities['plan'] = async ({ mayCopy = false }) => {
      if (mayCopy) throw failure('StoreUnavailable', { class: 'retry', retryAfterMs: 600_000 }, 'away');
      return planned(1);
    };
    await withWorker(fakeActivities({ plan }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilFailed(handle);
      await handle.executeUpdate('retry');
      await handle.result();
    });
    expect(calls).toEqual(['plan', 'plan', 'copyWhole']);
  });

  test.each([
    ['has succeeded when it is visible', PUBLISHED],
    ['is cancelled when it is not', undefined],
  ])('whose worker died, and that is cancelled then, %s', async (_what, visible) => {
    const calls: string[] = [];
    const looked: unknown[] = [];
    const plan: BatchActivities['plan'] = async ({ mayCopy = false }) => {
      if (mayCopy) throw died;
      return planned(1);
    };
    const discard: BatchActivities['discard'] = async ({ planMayHaveCopied }) => {
      looked.push(planMayHaveCopied);
      return visible;
    };
    const outcome = await withWorker(fakeActivities({ plan, discard }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await poll(
        () => calls,
        (list) => list.includes('plan'),
        'planning to begin',
      );
      await handle.cancel();
      return visible === undefined ? causeOf(handle.result()) : handle.result();
    });
    expect(looked).toEqual([true]);
    if (visible === undefined) expect(outcome).toMatchObject({ name: 'CancelledFailure' });
    else expect(outcome).toMatchObject({ ...visible, chunks: 1 });
    expect(calls.at(-1)).toBe(visible === undefined ? 'discard' : 'plan');
  });
});
