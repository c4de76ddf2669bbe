import { describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { PlanHints, RunProgress, RunResult } from '../../workflows/contract.ts';
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

describe('batchTransfer', () => {
  test('one chunk: plan and copy, nothing else', async () => {
    const calls: string[] = [];
    const result = await withWorker(fakeActivities({}, calls), async (start) =>
      (await start('batchTransfer', input())).result(),
    );
    expect(calls).toEqual(['plan', 'copyWhole']);
    expect(result as RunResult).toMatchObject({
      ...PUBLISHED,
      destination: { rows: 3, bytes: 9, objects: 1 },
    });
  });

  test('several chunks: slices, publish, clean-up; the query tells the end', async () => {
    const calls: string[] = [];
    const progress = await withWorker(
      fakeActivities({ plan: async () => planned(5, 2) }, calls),
      async (start) => {
        const handle = await start('batchTransfer', input());
        await handle.result();
        return handle.query<RunProgress>('progress');
      },
    );
    expect(calls).toEqual(['plan', 'copySlice', 'copySlice', 'copySlice', 'publish', 'cleanUp']);
    expect(progress).toMatchObject({ state: 'Succeeded', phase: 'done', chunksDone: 5, chunksTotal: 5 });
  });

  test('objects of earlier generations at other keys are cleaned up', async () => {
    const calls: string[] = [];
    const previous = [{ ...PUBLISHED.objects[0]!, key: 'old' }];
    await withWorker(fakeActivities({}, calls), async (start) =>
      (await start('batchTransfer', input({ previous }))).result(),
    );
    expect(calls).toEqual(['plan', 'copyWhole', 'cleanUp']);
  });

  test('what goes wrong after publish is a warning, and what is left stays recorded', async () => {
    const calls: string[] = [];
    const old = { ...PUBLISHED.objects[0]!, key: 'old' };
    const elsewhere = { ...old, bucket: 'other' };
    const cleanUp = async () => {
      throw failure('AccessDenied', { class: 'fatal' }, 'denied');
    };
    const result = await withWorker(fakeActivities({ cleanUp }, calls), async (start) =>
      (await start('batchTransfer', input({ previous: [old, elsewhere] }))).result(),
    );
    expect(result as RunResult).toMatchObject({ objects: [PUBLISHED.objects[0], elsewhere, old] });
    expect((result as RunResult).warnings).toEqual([
      expect.stringContaining('s3://other/old at http://s3'),
      expect.stringContaining('denied'),
    ]);
    expect(calls).toEqual(['plan', 'copyWhole', 'cleanUp']);
  });

  test('a failure that may pass: Failed with attempt and time; the update `retry` ends the wait', async () => {
    const calls: string[] = [];
    let attempts = 0;
    const copyWhole = async () => {
      attempts += 1;
      if (attempts === 1)
        throw failure('StoreUnavailable', { class: 'retry', retryAfterMs: 250_000 }, 'away');
      return PUBLISHED;
    };
    await withWorker(fakeActivities({ copyWhole }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      const progress = await poll(
        () => handle.query<RunProgress>('progress'),
        (answer) => answer.state === 'Failed',
        'the run to be Failed',
      );
      expect(progress.failure).toMatchObject({
        code: 'StoreUnavailable',
        message: 'away',
        attempt: 1,
        maxAttempts: 2,
      });
      expect(Date.parse(progress.failure!.nextRetryTime!)).toBeGreaterThan(Date.now() + 60_000);
      await handle.executeUpdate('retry');
      await handle.result();
      expect((await handle.query<RunProgress>('progress')).failure).toBeUndefined();
    });
    expect(calls).toEqual(['plan', 'copyWhole', 'copyWhole']);
  });

  test('a fatal failure ends the run with code and message, after discarding', async () => {
    const calls: string[] = [];
    const plan = async () => {
      throw failure('UnknownColumn', { class: 'fatal' }, 'no column x');
    };
    const cause = await withWorker(fakeActivities({ plan }, calls), async (start) =>
      causeOf((await start('batchTransfer', input())).result()),
    );
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: 'UnknownColumn', message: 'no column x' });
    expect(calls).toEqual(['plan', 'discard']);
  });

  test('failures beyond maxFailedRetries are fatal', async () => {
    const calls: string[] = [];
    const plan = async () => {
      throw failure('StoreUnavailable', { class: 'retry' }, 'away');
    };
    const transfer = { ...TRANSFER, maxFailedRetries: 0 };
    const cause = await withWorker(fakeActivities({ plan }, calls), async (start) =>
      causeOf((await start('batchTransfer', input({ transfer }))).result()),
    );
    expect(cause).toMatchObject({ type: 'StoreUnavailable', message: 'away' });
    expect(calls).toEqual(['plan', 'discard']);
  });

  test('a re-plan keeps what earlier plans learned, and starts over', async () => {
    const calls: string[] = [];
    const seen: PlanHints[] = [];
    const epochs: number[] = [];
    const reasons = [
      failure('TypeContradicted', { class: 'replan', hints: { widen: { a: 'DOUBLE' } } }),
      failure('CutInsideQuotes', { class: 'replan', hints: { exactCuts: true } }),
      failure('TypeContradicted', { class: 'replan', hints: { widen: { b: 'VARCHAR' } } }),
    ];
    await withWorker(
      fakeActivities(
        {
          plan: async ({ run, hints }) => {
            seen.push(hints);
            epochs.push(run.epoch);
            return { ...planned(1), staged: true };
          },
          copyWhole: async () => {
            const reason = reasons.shift();
            if (reason !== undefined) throw reason;
            return PUBLISHED;
          },
        },
        calls,
      ),
      async (start) => (await start('batchTransfer', input())).result(),
    );
    expect(seen.at(-1)).toEqual({ exactCuts: true, widen: { a: 'DOUBLE', b: 'VARCHAR' } });
    expect(epochs).toEqual([0, 1, 2, 3]);
    expect(calls.filter((call) => call === 'discard')).toHaveLength(3);
  });

  test('a slice that ends for good stops the others; the first reason counts', async () => {
    const calls: string[] = [];
    let stopped = 0;
    const copySlice = async ({ from }: { from: number }) => {
      if (from === 1) throw failure('MalformedData', { class: 'fatal' }, 'line 7');
      const { cancelled } = Context.current();
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      try {
        return await cancelled;
      } catch (error) {
        stopped += 1;
        throw error;
      } finally {
        clearInterval(beat);
      }
    };
    const cause = await withWorker(
      fakeActivities({ plan: async () => planned(3), copySlice }, calls),
      async (start) => causeOf((await start('batchTransfer', input())).result()),
    );
    expect(cause).toMatchObject({ type: 'MalformedData', message: 'line 7' });
    expect(stopped).toBe(2);
    expect(calls).not.toContain('publish');
    expect(calls.at(-1)).toBe('discard');
  });

  test('cancelling while copying discards', async () => {
    const calls: string[] = [];
    const copyWhole = async () => {
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      return Context.current().cancelled.finally(() => clearInterval(beat));
    };
    await withWorker(fakeActivities({ copyWhole }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await poll(
        () => calls,
        (list) => list.includes('copyWhole'),
        'copying to begin',
      );
      await handle.cancel();
      expect(await causeOf(handle.result())).toBeInstanceOf(CancelledFailure);
    });
    expect(calls).toEqual(['plan', 'copyWhole', 'discard']);
  });

  test('cancelling while the last slice ends publishes nothing', async () => {
    const calls: string[] = [];
    const arrived = Promise.withResolvers<void>();
    const copySlice = async () => {
      await arrived.promise;
      return PUBLISHED.statistics;
    };
    await withWorker(fakeActivities({ plan: async () => planned(2, 2), copySlice }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await poll(
        () => calls,
        (list) => list.includes('copySlice'),
        'copying to begin',
      );
      await handle.cancel();
      await poll(
        () => handle.fetchHistory(),
        (history) => history.events!.some((event) => event.activityTaskCancelRequestedEventAttributes),
        'the workflow to know',
      );
      arrived.resolve();
      expect(await causeOf(handle.result())).toBeInstanceOf(CancelledFailure);
    });
    expect(calls).toEqual(['plan', 'copySlice', 'discard']);
  });

  test('cancelling while publishing comes too late: the run succeeds', async () => {
    const calls: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const publish = async () => {
      await gate;
      return PUBLISHED;
    };
    await withWorker(fakeActivities({ plan: async () => planned(2), publish }, calls), async (start) => {
      const handle = await start('batchTransfer', input());
      await poll(
        () => calls,
        (list) => list.includes('publish'),
        'publishing to begin',
      );
      await handle.cancel();
      await poll(
        () => handle.fetchHistory(),
        (history) => history.events!.some((event) => event.workflowExecutionCancelRequestedEventAttributes),
        'the cancellation to arrive',
      );
      release();
      expect(await handle.result()).toMatchObject(PUBLISHED);
    });
    expect(calls).toEqual(['plan', 'copySlice', 'copySlice', 'publish', 'cleanUp']);
  });
});

describe('receipts and full verification', () => {
  const full = { ...TRANSFER, verify: 'full' as const };
  const checksums = { algorithm: 'sum', columns: [{ column: 'a', sum: '3' }] };
  const published = { ...PUBLISHED, checksums };

  test('the receipt is written before the plan is cleaned up; that it is not signed is a warning', async () => {
    const calls: string[] = [];
    const fakes = fakeActivities(
      {
        plan: async () => ({ ...planned(2), receiptKey: 'receipts/r.json' }),
        writeReceipt: async ({ key }) => ({ key, sha256: 'hash' }),
      },
      calls,
    );
    const result = await withWorker(fakes, async (start) => (await start('batchTransfer', input())).result());
    expect(calls.slice(-3)).toEqual(['publish', 'writeReceipt', 'cleanUp']);
    expect(result as RunResult).toMatchObject({ receipt: { key: 'receipts/r.json', sha256: 'hash' } });
    expect((result as RunResult).warnings).toEqual([
      expect.stringContaining('receipts/r.json is not signed'),
    ]);
  });

  test('a receipt that cannot be written is a warning', async () => {
    const calls: string[] = [];
    const fakes = fakeActivities(
      {
        plan: async () => ({ ...planned(1), receiptKey: 'receipts/r.json' }),
        writeReceipt: async () => {
          throw failure('AccessDenied', { class: 'fatal' }, 'denied');
        },
      },
      calls,
    );
    const result = await withWorker(fakes, async (start) => (await start('batchTransfer', input())).result());
    expect((result as RunResult).warnings).toEqual([
      'the receipt receipts/r.json could not be written: denied',
    ]);
    expect((result as RunResult).receipt).toBeUndefined();
  });

  test('what was published is read back in slices', async () => {
    const calls: string[] = [];
    const fakes = fakeActivities({ copyWhole: async () => published }, calls);
    const result = await withWorker(fakes, async (start) =>
      (await start('batchTransfer', input({ transfer: full }))).result(),
    );
    expect(calls).toEqual(['plan', 'copyWhole', 'planVerification', 'verifySlice', 'verifySlice', 'cleanUp']);
    expect(result as RunResult).toMatchObject({ verified: 'full', checksums });
  });

  test('a difference is fatal, after what was there before is back', async () => {
    const calls: string[] = [];
    const verifySlice = async () => ({ rows: 1.5, sums: ['2'] });
    const fakes = fakeActivities({ copyWhole: async () => published, verifySlice }, calls);
    const cause = await withWorker(fakes, async (start) =>
      causeOf((await start('batchTransfer', input({ transfer: full }))).result()),
    );
    expect(cause).toMatchObject({
      type: 'VerificationFailed',
      message: 's3://b/out: what was read back differs in a; what was there before is back',
    });
    expect(calls.slice(-2)).toEqual(['restore', 'discard']);
  });

  test('what cannot be brought back is kept', async () => {
    const calls: string[] = [];
    const fakes = fakeActivities(
      {
        copyWhole: async () => published,
        verifySlice: async () => ({ rows: 0, sums: ['0'] }),
        restore: async () => {
          throw failure('AccessDenied', { class: 'fatal' }, 'denied');
        },
      },
      calls,
    );
    const cause = await withWorker(fakes, async (start) =>
      causeOf((await start('batchTransfer', input({ transfer: full }))).result()),
    );
    expect(cause).toMatchObject({
      message: expect.stringMatching(/0 rows were read back.* could not be brought back from .*: denied/),
    });
    expect(calls.at(-1)).toBe('restore');
  });

  test('a copy whose publishing failed is not looked for: it would not be verified', async () => {
    const calls: string[] = [];
    const asked: unknown[] = [];
    const fakes = fakeActivities(
      {
        copyWhole: async () => {
          throw failure('AccessDenied', { class: 'fatal' }, 'denied');
        },
        discard: async ({ plan }) => {
          asked.push(plan);
          return published;
        },
      },
      calls,
    );
    const cause = await withWorker(fakes, async (start) =>
      causeOf((await start('batchTransfer', input({ transfer: full }))).result()),
    );
    expect(cause).toMatchObject({ type: 'AccessDenied', message: 'denied' });
    expect(calls).toEqual(['plan', 'copyWhole', 'restore', 'discard']);
    expect(asked).toEqual([undefined]);
  });

  test('a source that changes before it is compared: brought back, and planned anew', async () => {
    const calls: string[] = [];
    let slices = 0;
    const verifySlice = async ({ from, to }: { from: number; to: number }) => {
      slices += 1;
      if (slices === 1) throw failure('SourceChanged', { class: 'replan' });
      return { rows: to - from, sums: [String(to - from)] };
    };
    const plan = async () => planned(1);
    const planVerification = async () => ({ chunks: 3, sliceSize: 3, plan: {} });
    const fakes = fakeActivities(
      { plan, copyWhole: async () => published, planVerification, verifySlice },
      calls,
    );
    await withWorker(fakes, async (start) =>
      (await start('batchTransfer', input({ transfer: full }))).result(),
    );
    expect(calls.slice(3, 7)).toEqual(['verifySlice', 'restore', 'discard', 'plan']);
  });
});
