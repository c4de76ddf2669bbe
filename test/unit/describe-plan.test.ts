import { describe, expect, test } from '@jest/globals';
import { assert, integer, property } from 'fast-check';
import { describePlan, type PlanFacts } from '../../activities/batch/describe-plan.ts';
import type { Plan, TabularPlan } from '../../activities/batch/plan.ts';
import { planVerbatim } from '../../activities/batch/verbatim/work.ts';
import { runs } from '../support/runs.ts';
import { TRANSFER } from '../support/workflow-worker.ts';

const MB = 1e6;

/** One object in so many chunks. */
function tabular(chunks: number, size: number, more: Partial<TabularPlan['destination']> = {}): TabularPlan {
  const cuts = Array.from({ length: chunks + 1 }, (_, index) => index);
  return {
    kind: 'tabular',
    source: {
      format: 'csv',
      columns: [],
      schemas: [[]],
      objects: [{ key: 'in.csv', etag: '"e"', size, schema: 0, cuts, reading: null }],
      chunks: cuts.slice(1).map((_, index) => [{ object: 0, index }]),
    },
    select: { source: [], layers: [], columns: [], warnings: [], rowIdentity: 'none' },
    destination: { format: 'parquet', options: {}, key: 'out', ...more },
  };
}

function report(plan: Plan, more: Partial<PlanFacts> = {}) {
  return describePlan(plan, {
    transfer: TRANSFER,
    source: { format: 'csv', columns: [], conversions: ['a: x -> y'] },
    destination: { format: 'parquet', columns: [], conversions: ['b: x -> y', 'a: x -> y'] },
    warnings: ['w'],
    present: { kind: 'object', object: undefined },
    permissions: [],
    processes: 2,
    receipt: false,
    ...more,
  });
}

test('what is read, written, converted', () => {
  expect(report(tabular(1, 30 * MB))).toMatchObject({
    reads: { objects: 1, bytes: 30 * MB },
    writes: { location: 's3://b/out', operation: 'Overwrite', present: 'nothing' },
    conversions: ['a: x -> y', 'b: x -> y'],
    warnings: ['w'],
    chunks: 1,
    slices: 1,
  });
});

test('time: shared by the processes, as far as there are chunks', () => {
  expect(report(tabular(1, 60 * MB)).estimatedSeconds).toBe(2.3);
  expect(report(tabular(2, 60 * MB)).estimatedSeconds).toBe(1.3);
  expect(report(tabular(20, 60 * MB)).estimatedSeconds).toBe(1.3);
});

describe('requests', () => {
  test('one chunk is one PUT and what goes before', () => {
    expect(report(tabular(1, MB)).requests).toEqual({ get: 6, put: 3, part: 0, delete: 0 });
  });

  test('small bodies are kept and joined; large ones are parts of their own', () => {
    const small = report(tabular(4, 4 * MB)).requests;
    const large = report(tabular(4, 400 * MB)).requests;
    expect(small.part).toBe(1);
    expect(large.part).toBe(5);
    expect(small.put - large.put).toBe(4);
  });

  test('more chunks never need fewer', () => {
    assert(
      property(integer({ min: 2, max: 4000 }), (chunks) => {
        const fewer = report(tabular(chunks, chunks * 64 * MB)).requests;
        const more = report(tabular(chunks + 1, (chunks + 1) * 64 * MB)).requests;
        expect(more.get).toBeGreaterThan(fewer.get - 8);
        expect(more.part).toBeGreaterThan(fewer.part);
      }),
      { numRuns: runs(50) },
    );
  });

  test('a receipt, and reading back what was published, are counted', () => {
    const full = { transfer: { ...TRANSFER, verify: 'full' as const } };
    const there = { present: { kind: 'object' as const, object: { size: 1, metadata: {} } } };
    for (const plan of [tabular(1, MB), tabular(4, 400 * MB)]) {
      const plain = report(plan).requests;
      const receipt = report(plan, { receipt: true }).requests;
      expect(receipt.put).toBe(plain.put + 1);
      expect(receipt.delete).toBe(plain.delete);
      const verified = report(plan, full).requests;
      // every chunk is read again
      expect(verified.get).toBeGreaterThan(plain.get + plan.source.chunks.length);
      // what is replaced is kept, and removed
      const replacing = report(plan, { ...full, ...there }).requests;
      expect(replacing.delete).toBe(verified.delete + 1);
    }
  });

  test('bytes that the store copies itself are not read, and take its own time', () => {
    const objects = [{ key: 'in', etag: '"e"', size: 5e9, target: 'out' }];
    const plan = (serverSide: boolean): Plan => ({
      kind: 'verbatim',
      bucket: 'b',
      ...planVerbatim(objects, serverSide, 64 * MB),
    });
    const own = report(plan(true));
    expect(own.requests.part).toBe(5);
    expect(own).not.toHaveProperty('estimatedSeconds');
    expect(report(plan(false)).requests.get).toBeGreaterThan(own.requests.get + 250);
  });
});

describe('what is there', () => {
  const object = (metadata: Record<string, string>): string =>
    report(tabular(1, MB), { present: { kind: 'object', object: { size: 5, metadata } } }).writes.present;

  test.each([
    [{ 'ddc-transfer': TRANSFER.uid }, 'an object of 5 bytes that this transfer wrote; it is replaced'],
    [{ 'ddc-transfer': 'x' }, 'an object of 5 bytes that a transfer wrote; it is replaced'],
    [{}, 'an object of 5 bytes that was not written by DDC; it is replaced'],
  ])('%j', (metadata, text) => expect(object(metadata)).toBe(text));

  test('below a prefix', () => {
    const present = { kind: 'prefix' as const, objects: 1000, more: true };
    expect(report(tabular(1, MB), { present }).writes.present).toMatch(
      /^1000 or more objects; those of this/,
    );
    const transfer = { ...TRANSFER, writeOperation: 'Append' as const };
    const appended = report(tabular(1, MB), { transfer, present: { ...present, objects: 1, more: false } });
    expect(appended.writes).toMatchObject({ operation: 'Append', present: '1 object; all stay' });
    expect(report(tabular(1, MB), { present: undefined }).writes.present).toContain('not known');
  });
});
