import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Pace, type Clock } from '../../activities/stores/s3/pace.ts';
import { runs } from '../support/runs.ts';

/** Time passes only while somebody waits, or when a test says so. */
class TestClock implements Clock {
  time = 5_000;
  now(): number {
    return this.time;
  }
  async wait(milliseconds: number): Promise<void> {
    this.time += milliseconds;
  }
}

describe('pace', () => {
  test("never grants more than a second's worth beyond the rate, and never makes wait for nothing", async () => {
    const takes = fc.array(
      fc.record({
        pause: fc.integer({ min: 0, max: 3_000 }),
        amount: fc.integer({ min: 0, max: 500 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), takes, async (perSecond, steps) => {
        const clock = new TestClock();
        const pace = new Pace(perSecond, clock);
        const began = clock.time;
        let granted = 0;
        for (const { pause, amount } of steps) {
          clock.time += pause;
          const asked = clock.time;
          const idle = pace.idle;
          await pace.take(amount);
          granted += amount;
          const earned = ((clock.time - began) / 1000 + 1) * perSecond;
          expect(granted).toBeLessThanOrEqual(earned + 1e-6);
          if (idle && amount <= perSecond) expect(clock.time).toBe(asked);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  test('takes long enough for all of it, however it is cut', async () => {
    const clock = new TestClock();
    const pace = new Pace(100, clock);
    const began = clock.time;
    for (let taken = 0; taken < 1_000; taken += 50) await pace.take(50);
    // The first 100 at once, 900 at 100 a second.
    expect(clock.time - began).toBeCloseTo(9_000);
  });
});
