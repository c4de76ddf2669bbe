import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OPEN_POLICY } from '../../egress/policy.ts';
import { connectionTo, type BatchContext } from '../../activities/batch/context.ts';
import { limitsOf } from '../../activities/batch/limits.ts';
import { meterOf } from '../../activities/stores/s3/limits.ts';
import type { Transfer } from '../../workflows/contract.ts';
import { runs } from '../support/runs.ts';

const positive = fc.option(fc.integer({ min: 1, max: 1e12 }), { nil: undefined });
const some = fc.record({ bytesPerSecond: positive, requestsPerSecond: positive });

const given = (limits: { bytesPerSecond: number | undefined; requestsPerSecond: number | undefined }) =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));

describe('limits of a process', () => {
  test('of all processes together are what was asked for, each in its own scope', () => {
    fc.assert(
      fc.property(some, some, fc.integer({ min: 1, max: 64 }), (transfer, worker, processes) => {
        const found = limitsOf({ uid: 'u1', limits: given(transfer) }, { ...given(worker), processes });
        for (const [scope, asked] of Object.entries({ u1: given(transfer), worker: given(worker) })) {
          const own = found.filter((each) => each.scope === scope);
          expect(own).toHaveLength(Object.keys(asked).length === 0 ? 0 : 1);
          for (const [name, value] of Object.entries(asked)) {
            const share = (own[0] as Record<string, unknown>)[name] as number;
            expect(share * processes).toBeCloseTo(value!, 3);
          }
        }
      }),
      { numRuns: runs(100) },
    );
  });

  test('are none where nothing is asked for', () => {
    expect(limitsOf({ uid: 'u1' }, { processes: 4 })).toEqual([]);
    expect(limitsOf({ uid: 'u1', limits: {} }, { processes: 4 })).toEqual([]);
  });
});

test('reach the client of the store', async () => {
  const asset = {
    store: 's3' as const,
    endpoint: 'http://store',
    bucket: 'b',
    objectKey: 'k',
    description: '',
  };
  const transfer = { uid: 'u1', limits: { bytesPerSecond: 100 }, source: asset, destination: asset };
  const context = { egress: OPEN_POLICY, limits: { requestsPerSecond: 10, processes: 2 } } as BatchContext;
  for (const side of ['source', 'destination'] as const) {
    const connection = await connectionTo(context, transfer as unknown as Transfer, side);
    expect(connection.limits).toEqual([
      { scope: 'worker', requestsPerSecond: 5 },
      { scope: 'u1', bytesPerSecond: 50 },
    ]);
  }
});

describe('a meter', () => {
  test('counts bytes when one of its limits does', () => {
    const scope = randomUUID();
    expect(meterOf('http://store', []).metersBytes).toBe(false);
    expect(meterOf('http://store', [{ scope, requestsPerSecond: 1 }]).metersBytes).toBe(false);
    expect(
      meterOf('http://store', [
        { scope, requestsPerSecond: 1 },
        { scope, bytesPerSecond: 1 },
      ]).metersBytes,
    ).toBe(true);
  });
});
