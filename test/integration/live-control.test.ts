import { describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { endedReport } from '../../operator/apply/temporal-errors.ts';
import type { BatchActivities, RunProgress, SliceInput, Transfer } from '../../workflows/contract.ts';
import { poll } from '../support/poll.ts';
import {
  PUBLISHED,
  TRANSFER,
  causeOf,
  failure,
  fakeActivities,
  input,
  planned,
  withWorker,
} from '../support/workflow-worker.ts';

const DAY = 86_400;
const plan = async () => planned(6, 2);
const progressOf = (handle: WorkflowHandle): Promise<RunProgress> => handle.query<RunProgress>('progress');
const history = (calls: string[]): string => calls.join(' ');
const untilParked = (handle: WorkflowHandle): Promise<RunProgress> =>
  poll(
    () => progressOf(handle),
    ({ parked }) => parked !== undefined,
    'the run to be parked',
  );

/** Slices that wait until they are let go or interrupted; each has finished its first chunk then. */
function heldSlices() {
  const begun: SliceInput[] = [];
  const interrupted: number[] = [];
  const letGo = Promise.withResolvers<void>();
  const copySlice: BatchActivities['copySlice'] = async (slice) => {
    begun.push(slice);
    const { cancelled } = Context.current();
    const beat = setInterval(() => Context.current().heartbeat(), 100);
    try {
      await Promise.race([cancelled, letGo.promise]);
      return PUBLISHED.statistics;
    } catch {
      interrupted.push(slice.from);
      const sums = { rowsRead: 1, rowsWritten: 1, bytesRead: 1, bytesWritten: 1 };
      throw new CancelledFailure('interrupted', [{ bitmap: '10', ...sums }]);
    } finally {
      clearInterval(beat);
    }
  };
  const untilBegun = (count: number): Promise<unknown> =>
    poll(
      () => begun,
      (list) => list.length === count,
      `${count} slices to begin`,
    );
  return { copySlice, begun, interrupted, untilBegun, release: letGo.resolve };
}

/** Fails the slices that begin with these chunks, until it is repaired. */
function brokenSlices(code: string, chunks: number[]) {
  const broken = new Set(chunks);
  const copied: number[] = [];
  const copySlice: BatchActivities['copySlice'] = async ({ from }) => {
    if (broken.has(from)) {
      // the others have ended
      await poll(
        () => copied,
        (list) => list.length === 3 - broken.size,
        'the other slices',
      );
      throw failure(code, { class: 'fatal' }, 'broken');
    }
    copied.push(from);
    return PUBLISHED.statistics;
  };
  return { copySlice, copied, repair: () => broken.clear() };
}

describe('a run that is parked', () => {
  test('goes on with the slices that are not done, when somebody asks for it', async () => {
    const calls: string[] = [];
    const slices = brokenSlices('AccessDenied', [2]);
    await withWorker(fakeActivities({ plan, copySlice: slices.copySlice }, calls), async (start) => {
      const handle = await start('batchTransfer', input({ parkFor: DAY }));
      const { state, phase, failure: why, parked, chunksDone } = await untilParked(handle);
      expect({ state, phase, why, chunksDone }).toMatchObject({
        state: 'Fatal',
        phase: 'parked',
        why: { code: 'AccessDenied', message: 'broken' },
        chunksDone: 4,
      });
      expect(Date.parse(parked!.until) - Date.parse(parked!.since)).toBe(DAY * 1000);
      slices.repair();
      expect(await handle.executeUpdate('retry')).toContain('goes on');
      expect(await handle.result()).toMatchObject(PUBLISHED);
      expect(await progressOf(handle)).toMatchObject({ state: 'Succeeded', chunksDone: 6 });
    });
    expect(slices.copied).toHaveLength(3);
    expect(new Set(slices.copied)).toEqual(new Set([0, 2, 4]));
    expect(calls).not.toContain('discard');
  });

  test('begins anew where what is done is worth nothing, after it was removed', async () => {
    const calls: string[] = [];
    const epochs: number[] = [];
    const slices = brokenSlices('MalformedData', [2]);
    const planning: BatchActivities['plan'] = async ({ run }) => {
      epochs.push(run.epoch);
      return plan();
    };
    await withWorker(
      fakeActivities({ plan: planning, copySlice: slices.copySlice }, calls),
      async (start) => {
        const handle = await start('batchTransfer', input({ parkFor: DAY }));
        const { parked } = await untilParked(handle);
        expect(calls.at(-1)).toBe('discard');
        slices.repair();
        await handle.signal('retry', { parkedSince: 'another time' });
        await handle.signal('retry', { parkedSince: parked!.since });
        await handle.result();
      },
    );
    expect(epochs).toEqual([0, 1]);
  });

  test('is given up when nobody comes', async () => {
    const calls: string[] = [];
    const slices = brokenSlices('AccessDenied', [2]);
    const cause = await withWorker(
      fakeActivities({ plan, copySlice: slices.copySlice }, calls),
      async (start) => causeOf((await start('batchTransfer', input({ parkFor: 1 }))).result()),
    );
    expect(cause).toMatchObject({ type: 'AccessDenied', message: 'broken' });
    expect(calls.at(-1)).toBe('discard');
  });

  test('is discarded when it is cancelled', async () => {
    const calls: string[] = [];
    const slices = brokenSlices('AccessDenied', [2]);
    await withWorker(fakeActivities({ plan, copySlice: slices.copySlice }, calls), async (start) => {
      const handle = await start('batchTransfer', input({ parkFor: DAY }));
      await untilParked(handle);
      await handle.cancel();
      expect(await causeOf(handle.result())).toBeInstanceOf(CancelledFailure);
      expect((await progressOf(handle)).parked).toBeUndefined();
    });
    expect(calls.at(-1)).toBe('discard');
  });

  test('has its retries again: those of before do not count', async () => {
    const calls: string[] = [];
    const transfer = { ...TRANSFER, maxFailedRetries: 0 };
    const away = async () => {
      throw failure('StoreUnavailable', { class: 'retry' }, 'away');
    };
    await withWorker(fakeActivities({ plan: away }, calls), async (start) => {
      const handle = await start('batchTransfer', input({ transfer, parkFor: DAY }));
      const first = await untilParked(handle);
      await handle.executeUpdate('retry');
      const again = await poll(
        () => progressOf(handle),
        ({ parked }) => parked !== undefined && parked.since !== first.parked!.since,
        'it to be parked again',
      );
      expect(again.failure).toMatchObject({ code: 'StoreUnavailable' });
      await handle.terminate();
    });
    expect(history(calls)).toBe('plan discard plan discard');
  });
});

describe('a run that is paused', () => {
  test('interrupts its slices, keeps what they have done, and begins nothing', async () => {
    const calls: string[] = [];
    const { copySlice, begun, interrupted, untilBegun, release } = heldSlices();
    await withWorker(fakeActivities({ plan, copySlice }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilBegun(3);
      expect(await handle.executeUpdate('pause', { args: ['the network is needed'] })).toContain('paused');
      const { state, paused, chunksDone } = await poll(
        () => progressOf(handle),
        (progress) => progress.chunksDone === 3,
        'the slices to tell what they have done',
      );
      expect({ state, chunksDone, reason: paused?.reason }).toEqual({
        state: 'Running',
        chunksDone: 3,
        reason: 'the network is needed',
      });
      expect(new Set(interrupted)).toEqual(new Set([0, 2, 4]));
      release();
      expect(begun).toHaveLength(3);
      expect(await handle.executeUpdate('resume')).toBe('it goes on');
      await handle.result();
      expect(await progressOf(handle)).toMatchObject({ state: 'Succeeded', chunksDone: 6 });
      expect((await progressOf(handle)).paused).toBeUndefined();
    });
    expect(begun).toHaveLength(6);
  });

  test('may begin so, and be cancelled', async () => {
    const calls: string[] = [];
    await withWorker(fakeActivities({}, calls), async (start) => {
      const handle = await start('batchTransfer', input({ paused: true }));
      expect((await progressOf(handle)).paused?.reason).toBe('spec.paused is true');
      expect(await handle.executeUpdate('resume')).toContain('spec.paused');
      expect(await handle.executeUpdate('cancel', { args: ['not needed'] })).toContain('cancelling');
      const cause = await causeOf(handle.result());
      expect(cause).toBeInstanceOf(CancelledFailure);
      expect(endedReport({ cause } as never, '')).toMatchObject({
        state: 'cancelled',
        message: 'not needed',
      });
    });
    expect(history(calls)).toBe('discard');
  });

  test('publishes what it has begun to publish', async () => {
    const publishing = Promise.withResolvers<void>();
    const calls: string[] = [];
    const publish = async () => {
      await publishing.promise;
      return PUBLISHED;
    };
    await withWorker(fakeActivities({ plan, publish }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await poll(
        () => calls,
        (list) => list.includes('publish'),
        'publishing to begin',
      );
      expect(await handle.executeUpdate('pause')).toContain('not paused: the run is in phase publish');
      expect(await handle.executeUpdate('cancel')).toContain('not cancelled');
      publishing.resolve();
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
  });
});

describe('a run whose resource changes', () => {
  const revised: Transfer = {
    ...TRANSFER,
    generation: 2,
    maxFailedRetries: 9,
    limits: { requestsPerSecond: 5 },
  };

  test('has its slices go on with other limits, also those of a revision', async () => {
    const { copySlice, begun, untilBegun, release } = heldSlices();
    const limits = (): unknown[] => begun.map(({ run }) => run.transfer.limits);
    const of = (count: number, value: unknown): unknown[] => Array.from({ length: count }, () => value);
    await withWorker(fakeActivities({ plan, copySlice }, []), async (start) => {
      const handle = await start('batchTransfer', input());
      await untilBegun(3);
      await handle.executeUpdate('setLimits', { args: [{ bytesPerSecond: 1_048_576 }] });
      await untilBegun(6);
      expect(limits().slice(3)).toEqual(of(3, { bytesPerSecond: 1_048_576 }));
      await handle.signal('revise', { transfer: revised, paused: false });
      await untilBegun(9);
      expect(limits().slice(6)).toEqual(of(3, { requestsPerSecond: 5 }));
      expect(await handle.executeUpdate('revise', { args: [{ transfer: revised, paused: true }] })).toContain(
        'known already',
      );
      release();
      await handle.result();
    });
    expect(begun).toHaveLength(9);
  });

  test('goes on when it was parked', async () => {
    const slices = brokenSlices('AccessDenied', [2]);
    await withWorker(fakeActivities({ plan, copySlice: slices.copySlice }, []), async (start) => {
      const handle = await start('batchTransfer', input({ parkFor: DAY }));
      await untilParked(handle);
      slices.repair();
      await handle.signal('revise', { transfer: revised, paused: false });
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
  });

  test('is told what is refused, and why; signals that cannot be meant do nothing', async () => {
    const refused: [name: string, argument: unknown, message: string][] = [
      ['pause', 7, 'a text'],
      ['setLimits', { bandwidth: 5 }, 'no limit "bandwidth"'],
      ['setLimits', { bytesPerSecond: 5 }, 'at least 262144'],
      ['setLimits', 'fast', 'requestsPerSecond'],
      ['retry', 'now', 'no argument'],
      ['revise', { transfer: { ...revised, writeOperation: 'Append' }, paused: false }, 'something else'],
      ['revise', {}, 'as the operator sends it'],
    ];
    await withWorker(fakeActivities({}, []), async (start) => {
      const handle = await start('batchTransfer', input({ paused: true }));
      for (const [name, argument, message] of refused) {
        const error: unknown = await handle
          .executeUpdate(name, { args: [argument] })
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        expect((error as WorkflowUpdateFailedError).cause?.message).toContain(message);
        await handle.signal(name, argument);
      }
      expect((await progressOf(handle)).paused?.reason).toBe('spec.paused is true');
      await handle.cancel();
      expect(await causeOf(handle.result())).toBeInstanceOf(CancelledFailure);
    });
  });
});
