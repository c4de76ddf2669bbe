import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { BatchActivities, RunProgress } from '../../workflows/contract.ts';
import { poll } from '../support/poll.ts';
import {
  PUBLISHED,
  TRANSFER,
  causeOf,
  failure,
  fakeActivities,
  input,
  planned,
  untilFailed,
  withWorker,
} from '../support/workflow-worker.ts';

/** Fails the first time and then works. */
function once<T>(error: Error, result: T): () => Promise<T> {
  let failed = false;
  return async () => {
    if (failed) return result;
    failed = true;
    throw error;
  };
}

/** The retry is not due before somebody asks for it. */
const away = (more = {}) =>
  failure('StoreUnavailable', { class: 'retry', retryAfterMs: 600_000, ...more }, 'away');
const history = (calls: string[]): string => calls.join(' ');

describe('an activity that ends its worker', () => {
  test('is tried by 10 workers, then by the retries that the transfer allows; the status says why', async () => {
    const calls: string[] = [];
    const copyWhole = async () => {
      throw ApplicationFailure.create({ type: 'WorkerShutdown', message: 'ends', nextRetryDelay: '1ms' });
    };
    const transfer = { ...TRANSFER, maxFailedRetries: 1 };
    const cause = await withWorker(fakeActivities({ copyWhole }, calls), async (start) => {
      const handle = await start('batchTransfer', input({ transfer }));
      const { failure: shown } = await untilFailed(handle);
      expect(shown).toMatchObject({ code: 'WorkerDied', attempt: 1, maxAttempts: 1 });
      expect(shown!.message).toContain('copying: the worker died 10 times');
      await handle.executeUpdate('retry');
      return causeOf(handle.result());
    });
    expect(calls.filter((call) => call === 'copyWhole')).toHaveLength(20);
    expect(calls.at(-1)).toBe('discard');
    expect(cause).toMatchObject({ type: 'WorkerDied' });
  });
});

describe('a cancellation while a retry is due', () => {
  test('of publishing comes too late: the copy may be visible', async () => {
    const calls: string[] = [];
    const plan = async () => planned(2);
    await withWorker(fakeActivities({ plan, publish: once(away(), PUBLISHED) }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilFailed(handle);
      await handle.cancel();
      await handle.executeUpdate('retry');
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
    expect(history(calls)).toBe('plan copySlice copySlice publish publish cleanUp');
  });

  test('of a copy beyond its commit point comes too late', async () => {
    const calls: string[] = [];
    const copyWhole = once(away({ committed: true }), PUBLISHED);
    await withWorker(fakeActivities({ copyWhole }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilFailed(handle);
      await handle.cancel();
      await handle.executeUpdate('retry');
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
    expect(history(calls)).toBe('plan copyWhole copyWhole');
  });

  test('of a copy before its commit point ends the run at once', async () => {
    const calls: string[] = [];
    await withWorker(fakeActivities({ copyWhole: once(away(), PUBLISHED) }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilFailed(handle);
      await handle.cancel();
      expect(await causeOf(handle.result())).toBeInstanceOf(CancelledFailure);
      const progress = await handle.query<RunProgress>('progress');
      expect(progress.state).toBe('Cancelled');
      expect(progress.failure).toBeUndefined();
    });
    expect(history(calls)).toBe('plan copyWhole discard');
  });
});

describe('a copy that is visible though its worker could not say so', () => {
  const found = async () => PUBLISHED;
  const denied = async () => {
    throw failure('AccessDenied', { class: 'fatal' }, 'denied');
  };

  test.each([
    ['of one chunk', 1, { copyWhole: denied }, 'plan copyWhole discard'],
    ['of several', 2, { publish: denied }, 'plan copySlice copySlice publish discard cleanUp'],
  ])('has succeeded: %s', async (_what, chunks, steps, expected) => {
    const calls: string[] = [];
    const plan = async () => planned(chunks);
    const given: unknown[] = [];
    const discard: BatchActivities['discard'] = async (request) => {
      given.push(request.plan);
      return PUBLISHED;
    };
    await withWorker(fakeActivities({ plan, discard, ...steps }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      expect(await handle.result()).toMatchObject(PUBLISHED);
      expect((await handle.query<RunProgress>('progress')).state).toBe('Succeeded');
    });
    expect(given).toEqual([planned(1).plan]);
    expect(history(calls)).toBe(expected);
  });

  test('has succeeded also when it was cancelled meanwhile', async () => {
    const calls: string[] = [];
    const copyWhole = once(away(), PUBLISHED);
    await withWorker(fakeActivities({ copyWhole, discard: found }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilFailed(handle);
      await handle.cancel();
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
    expect(history(calls)).toBe('plan copyWhole discard');
  });

  test('is not looked for before the step that makes it visible', async () => {
    const given: unknown[] = [];
    const plan = async () => planned(2);
    const discard: BatchActivities['discard'] = async (request) => {
      given.push(request.plan);
      return undefined;
    };
    const cause = await withWorker(fakeActivities({ plan, discard, copySlice: denied }, []), async (start) =>
      causeOf((await start('batchTransfer', input())).result()),
    );
    expect(cause).toMatchObject({ type: 'AccessDenied' });
    expect(given).toEqual([undefined]);
  });
});

describe('retries', () => {
  test('asked for while none is due are not remembered', async () => {
    const arrived = Promise.withResolvers<void>();
    const copyWhole = async () => {
      await arrived.promise;
      throw away();
    };
    await withWorker(fakeActivities({ copyWhole }, []), async (start) => {
      const handle = await start('batchTransfer', input());
      await handle.executeUpdate('retry');
      arrived.resolve();
      const { failure: shown } = await untilFailed(handle);
      // One that was remembered would have begun at once, and this be the second.
      expect(shown!.attempt).toBe(1);
      await handle.executeUpdate('retry');
      await untilFailed(handle, 2);
      await handle.terminate();
    });
  });

  test('of several slices: the run is Failed until the last of them has begun', async () => {
    const held = Promise.withResolvers<void>();
    const failures = [away(), away({ retryAfterMs: 0 })];
    let working = 0;
    const copySlice = async () => {
      const reason = failures.shift();
      if (reason !== undefined) throw reason;
      working += 1;
      await held.promise;
      return PUBLISHED.statistics;
    };
    const plan = async () => planned(2);
    await withWorker(fakeActivities({ plan, copySlice }, []), async (start) => {
      const handle = await start('batchTransfer', input());
      // The retry of one slice is due after 5 s, that of the other later.
      await poll(
        () => working,
        (count) => count === 1,
        'one slice to be under way again',
      );
      const progress = await handle.query<RunProgress>('progress');
      expect(progress.state).toBe('Failed');
      expect(Date.parse(progress.failure!.nextRetryTime!)).toBeGreaterThan(Date.now() + 60_000);
      await handle.executeUpdate('retry');
      await poll(
        () => handle.query<RunProgress>('progress'),
        ({ state, failure: shown }) => state === 'Running' && shown === undefined,
        'the run to go on',
      );
      held.resolve();
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
  });
});

describe('a re-plan', () => {
  test.each([
    ['discards nothing where nothing was staged', 'plan copyWhole plan copyWhole', planned(1)],
    ['discards what was staged', 'plan copyWhole discard plan copyWhole', { ...planned(1), staged: true }],
  ])('%s', async (_what, expected, run) => {
    const calls: string[] = [];
    const plan = async () => run;
    const copyWhole = once(failure('TypeContradicted', { class: 'replan' }), PUBLISHED);
    await withWorker(fakeActivities({ plan, copyWhole }, calls), async (start) =>
      (await start('batchTransfer', input())).result(),
    );
    expect(history(calls).replace(/ cleanUp$/, '')).toBe(expected);
  });
});
