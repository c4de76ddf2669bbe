import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Turns } from '../../activities/batch/turns.ts';
import { runs } from '../support/runs.ts';

const never = new AbortController().signal;

describe('turns', () => {
  test('each group has its number under way at most, in order, and all have their turn', async () => {
    const groups = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(groups, fc.integer({ min: 1, max: 4 }), fc.scheduler(), async (names, limit, s) => {
        const turns = new Turns(limit);
        const underWay = new Map<string, number>();
        const begun = new Map<string, number[]>();
        const all = names.map((group, index) =>
          turns.take(group, never, async () => {
            underWay.set(group, (underWay.get(group) ?? 0) + 1);
            begun.set(group, [...(begun.get(group) ?? []), index]);
            expect(underWay.get(group)).toBeLessThanOrEqual(limit);
            await s.schedule(Promise.resolve());
            underWay.set(group, underWay.get(group)! - 1);
          }),
        );
        await s.waitFor(Promise.all(all));
        for (const [group, order] of begun)
          expect(order).toEqual(names.flatMap((name, index) => (name === group ? [index] : [])));
      }),
      { numRuns: runs(100) },
    );
  });

  test('whoever is cancelled leaves at once; the next one has the turn, also after an error', async () => {
    const turns = new Turns(1);
    const gate = Promise.withResolvers<void>();
    const first = turns.take('a', never, () => gate.promise);
    const cancel = new AbortController();
    const second = turns.take('a', cancel.signal, async () => 'second');
    const third = turns.take('a', never, async () => 'third');
    cancel.abort(new Error('cancelled'));
    await expect(second).rejects.toThrow('cancelled');
    gate.reject(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    expect(await third).toBe('third');
    expect(await turns.take('a', never, async () => 'fourth')).toBe('fourth');
    await expect(turns.take('a', cancel.signal, async () => 'never')).rejects.toThrow('cancelled');
  });
});
