import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { duration } from '../../cli/durations.ts';
import { bar, paceOf, size } from '../../cli/pace.ts';
import { newsOf, progressLine } from '../../cli/run/progress-text.ts';
import { resultText } from '../../cli/run/result-text.ts';
import type { RunProgress, RunResult } from '../../workflows/contract.ts';
import { runs } from '../support/runs.ts';

const NOW = new Date('2026-01-02T12:00:50Z');
const copying: RunProgress = {
  state: 'Running',
  phase: 'copy',
  startedAt: '2026-01-02T12:00:10Z',
  chunksTotal: 16,
  chunksDone: 4,
  statistics: { rowsRead: 4, rowsWritten: 4, bytesRead: 612_000_000, bytesWritten: 1 },
  warnings: [],
};

test.each<[number, string]>([
  [-1, '0s'],
  [119.9, '119s'],
  [120, '2m'],
  [200, '3m20s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [18_600, '5h10m'],
  [100_000, '27h'],
  [187_200, '2d4h'],
  [864_000, '10d'],
])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test.each<[number, string]>([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [61_234_567, '61.2 MB'],
  [5e15, '5.0 PB'],
])('%d bytes are %s', (bytes, text) => expect(size(bytes)).toBe(text));

describe('the pace of a run', () => {
  test('is the average since it began', () => {
    expect(paceOf({ ...copying, bytesRead: 612_000_000 }, NOW)).toEqual({
      bytesPerSecond: 15_300_000,
      secondsLeft: 120,
    });
  });

  test('is not known of one that has nothing, or that begins in the future of this clock', () => {
    expect(paceOf({ ...copying, chunksDone: 0, bytesRead: 0 }, NOW)).toEqual({});
    expect(paceOf({ ...copying, bytesRead: 5 }, new Date('2026-01-02T12:00:00Z'))).toEqual({});
    expect(paceOf({ ...copying, chunksDone: 16, bytesRead: 40 }, NOW)).toEqual({ bytesPerSecond: 1 });
  });

  test('the bar has its width whatever the percentage', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 200 }), (percent) => {
        expect(bar(percent)).toMatch(/^\[[#]*-*\] /);
        expect(bar(percent).indexOf(']')).toBe(21);
      }),
      { numRuns: runs(100) },
    );
  });
});

describe('how far a run is, in a line', () => {
  test('while it copies', () => {
    expect(progressLine(copying, NOW)).toBe(
      'copying  [#####---------------] 25 %  4 of 16 chunks, 15.3 MB/s, about 2m left',
    );
  });

  test('in other steps', () => {
    expect(progressLine({ ...copying, phase: 'plan', chunksTotal: 0 }, NOW)).toBe('planning');
    expect(progressLine({ ...copying, phase: 'discard' }, NOW)).toBe('removing what the run has left');
  });

  test('while it waits; what others say cannot steer the terminal', () => {
    const failure = {
      code: 'StoreUnavailable',
      message: 'down\u001b[2J\n',
      attempt: 1,
      maxAttempts: 3,
      nextRetryTime: '2026-01-02T12:00:55Z',
    };
    expect(progressLine({ ...copying, state: 'Failed', failure }, NOW)).toBe(
      String.raw`failed, retry 1 of 3 in 5s: down\u{1b}[2J\n`,
    );
  });

  test('is news when the step, the retry or the tenth of the chunks is another', () => {
    const failure = { code: 'Internal', message: '', attempt: 1, maxAttempts: 0 };
    const all: RunProgress[] = [
      { ...copying, phase: 'plan' },
      copying,
      { ...copying, chunksDone: 5 },
      { ...copying, state: 'Failed', failure },
      { ...copying, state: 'Failed', failure: { ...failure, attempt: 2 } },
    ];
    expect(new Set(all.map(newsOf)).size).toBe(all.length);
    expect(newsOf({ ...copying, statistics: { ...copying.statistics, rowsRead: 5 } })).toBe(newsOf(copying));
  });
});

test('what a run has written', () => {
  const result: RunResult = {
    objects: [{ endpoint: 'http://s3', bucket: 'b', key: 'out\n.csv', etag: 'e', bytes: 1_234 }],
    objectCount: 1,
    statistics: { rowsRead: 5_000, rowsWritten: 5_000, bytesRead: 9, bytesWritten: 1_234 },
    startedAt: '',
    finishedAt: '',
    durationSeconds: 0.84,
    source: { format: 'parquet', columns: [], conversions: ['at: int96 -> timestamp[us]'] },
    destination: { format: 'csv', columns: [] },
    warnings: ['old objects are left'],
    receipt: { key: 'receipts/1.json', sha256: 'x' },
  };
  expect(resultText(result)).toEqual([
    'Succeeded: 5,000 rows, 1,234 bytes in 1 object, 0.8 s',
    String.raw`  s3://b/out\n.csv  1,234 bytes`,
    '  receipt: receipts/1.json',
    '',
    'CONVERSIONS',
    '  at: int96 -> timestamp[us]',
    '',
    'WARNINGS',
    '  old objects are left',
  ]);
});
