import { expect, test } from '@jest/globals';
import { KnownProgress } from '../../operator/apply/known-progress.ts';
import type { RunProgress } from '../../workflows/contract.ts';

const progress: RunProgress = {
  state: 'Running',
  phase: 'copy',
  startedAt: '2026-01-01T00:00:00Z',
  chunksTotal: 4,
  chunksDone: 1,
  statistics: { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 },
  warnings: [],
};

test('progress is known as long as no event has come', () => {
  const known = new KnownProgress();
  expect(known.get('run', 7)).toBeUndefined();
  known.put('run', 7, progress);
  expect(known.get('run', 7)).toBe(progress);
  expect(known.get('run', 8)).toBeUndefined();
  expect(known.get('other', 7)).toBeUndefined();
});
