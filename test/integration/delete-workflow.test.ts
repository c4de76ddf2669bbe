import { describe, expect, test } from '@jest/globals';
import type { RunProgress } from '../../workflows/contract.ts';
import { TRANSFER, failure, fakeActivities, untilFailed, withWorker } from '../support/workflow-worker.ts';
import { poll } from '../support/poll.ts';

const INPUT = { transfer: TRANSFER, objects: [] };
const DELETED = { deleted: ['s3://b/out'], kept: [] };
/** A history of 4 MB is long; a payload may have 2 MB. */
const PADDING = { count: 6, data: 'x'.repeat(900_000) };

/** Fails so often, then works. */
function failing(times: number, type = 'AccessDenied') {
  let attempts = 0;
  return async () => {
    attempts += 1;
    if (attempts <= times) throw failure(type, { class: 'fatal' }, 'denied');
    return DELETED;
  };
}

describe('deleteTransfer', () => {
  test('never gives up, also on errors that are usually fatal', async () => {
    await withWorker(fakeActivities({ deleteData: failing(2) }, []), async (start) => {
      const handle = await start('deleteTransfer', INPUT);
      for (const attempt of [1, 2]) {
        expect(await untilFailed(handle, attempt)).toMatchObject({
          phase: 'delete',
          failure: { message: 'denied' },
        });
        await handle.executeUpdate('retry');
      }
      expect(await handle.result()).toEqual(DELETED);
    });
  });

  test('continues as new when its history is long, and goes on counting', async () => {
    let repaired = false;
    const deleteData = async () => {
      if (repaired) return DELETED;
      throw failure('AccessDenied', { class: 'fatal' }, 'denied');
    };
    await withWorker(fakeActivities({ deleteData }, []), async (start) => {
      const handle = await start('deleteTransfer', INPUT);
      const { runId } = await handle.describe();
      await untilFailed(handle);
      for (let index = 0; index < PADDING.count; index += 1) await handle.signal('padding', PADDING.data);
      // An update that meets the end of the old execution is lost.
      const retry = (): Promise<unknown> => handle.executeUpdate('retry').catch(() => undefined);
      await poll(
        () => retry().then(() => handle.describe()),
        (description) => description.runId !== runId,
        'the new execution',
      );
      const { failure: shown } = await poll(
        () => handle.query<RunProgress>('progress'),
        ({ state }) => state === 'Failed',
        'the new execution to fail',
      );
      expect(shown!.attempt).toBeGreaterThan(1);
      repaired = true;
      await retry();
      expect(await handle.result()).toEqual(DELETED);
    });
  });

  test('ends when the resource is gone, because its credentials went with it', async () => {
    const calls: string[] = [];
    const deleteData = failing(Infinity, 'ResourceGone');
    await withWorker(fakeActivities({ deleteData }, calls), async (start) => {
      const handle = await start('deleteTransfer', INPUT);
      expect(await handle.result()).toEqual({ deleted: [], kept: ['s3://b/out: denied'] });
      await poll(
        () => handle.query('progress'),
        (progress) => (progress as { state: string }).state === 'Succeeded',
        'the end',
      );
    });
    expect(calls).toEqual(['deleteData']);
  });
});
