import { expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import type { RunRecord } from '../../operator/api/index.ts';
import { recordOf, trimmed, withRecord } from '../../operator/reconcile/history.ts';
import { runResult } from '../support/operator-temporal.ts';
import { runs } from '../support/runs.ts';

const END = '2026-01-01T00:00:02.500Z';

test('a run that succeeded, one that failed and one that was cancelled', () => {
  const result = { ...runResult(['out']), runId: 'r' };
  expect(recordOf('w', { state: 'completed', result })).toEqual({
    ...{ workflowId: 'w', runId: 'r', start: '2026-01-01T00:00:00.000Z', end: END },
    ...{ result: 'Succeeded', rows: 2, bytes: 20 },
  });
  const ended = { closeTime: END, startTime: '2026-01-01T00:00:00.000Z', runId: 'r' };
  const failed = recordOf('w', { state: 'failed', message: 'x'.repeat(5_000), ...ended });
  expect(failed).toMatchObject({ result: 'Failed', start: ended.startTime, end: END });
  expect(failed.error).toHaveLength(1_024);
  expect(recordOf('w', { state: 'cancelled', message: '', ...ended }).result).toBe('Cancelled');
});

test('whatever has run, the newest of either kind are kept, newest first and once each', () => {
  const run = record({
    workflowId: integer({ min: 0, max: 30 }).map(String),
    end: integer({ min: 0, max: 1_000 }).map((seconds) => new Date(seconds * 1_000).toISOString()),
    result: constantFrom('Succeeded' as const, 'Failed' as const, 'Cancelled' as const),
  });
  const limit = integer({ min: 0, max: 20 });
  assert(
    property(array(run), record({ successful: limit, failed: limit }), (all, limits) => {
      let history: RunRecord[] | undefined;
      for (const each of all) history = withRecord(history, each, limits);
      const kept = history ?? [];
      const ends = kept.map(({ end }) => end);
      expect(ends).toEqual(ends.toSorted().toReversed());
      expect(new Set(kept.map(({ workflowId }) => workflowId)).size).toBe(kept.length);
      const good = kept.filter(({ result }) => result === 'Succeeded').length;
      expect(good).toBeLessThanOrEqual(limits.successful);
      expect(kept.length - good).toBeLessThanOrEqual(limits.failed);
      expect(trimmed(history, limits)).toEqual(history);
      const last = all.at(-1);
      const room = last?.result === 'Succeeded' ? limits.successful : limits.failed;
      if (last && room > 0 && ends.every((end) => end < last.end || end === last.end))
        expect(kept).toContainEqual(last);
    }),
    { numRuns: runs(200) },
  );
});
