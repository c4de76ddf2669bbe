import { describe, expect, test } from '@jest/globals';
import { CronExpressionParser } from 'cron-parser';
import { assert, constantFrom, integer, oneof, property, tuple, uniqueArray } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { calendarTimes } from '../../operator/api/index.ts';
import { schedulePolicies, scheduleSpec } from '../../operator/apply/schedule-spec.ts';
import { runs } from '../support/runs.ts';
import { accepted, batchTransfer, configurationErrors } from './api-resources.ts';

const SCHEDULE = '0 3 * * *';
const policyOf = (fields: object) => accepted(batchTransfer({ schedule: SCHEDULE, ...fields })).policy;

describe('a schedule', () => {
  test('has defaults', () => {
    expect(policyOf({})).toEqual({
      suspend: false,
      historyLimits: { successful: 5, failed: 5 },
      schedule: {
        cron: SCHEDULE,
        timeZone: 'UTC',
        overlapPolicy: 'Skip',
        catchupWindow: 3_600_000,
        jitter: 0,
      },
    });
  });

  test('as the resource says, time zones in any case', () => {
    const fields = {
      timeZone: 'europe/berlin',
      overlapPolicy: 'CancelOther',
      catchupWindow: '2d',
      jitter: '30s',
    };
    expect(policyOf({ ...fields, suspend: true })).toMatchObject({
      suspend: true,
      schedule: {
        timeZone: 'Europe/Berlin',
        overlapPolicy: 'CancelOther',
        catchupWindow: 172_800_000,
        jitter: 30_000,
      },
    });
  });

  test.each([
    [{ timeZone: 'Berlin' }, 'spec.timeZone: is no time zone of the IANA database'],
    [{ timeZone: '+01:00' }, 'spec.timeZone: is no time zone of the IANA database'],
    [{ catchupWindow: '5s' }, 'spec.catchupWindow: must be a duration of 10s to 365d'],
    [{ catchupWindow: '1 hour' }, 'spec.catchupWindow: must be a duration of 10s to 365d'],
    [{ jitter: '25h' }, 'spec.jitter: must be a duration of 0s to 1d'],
    [{ overlapPolicy: 'Allow' }, 'spec.overlapPolicy: must be one of Skip, BufferOne, CancelOther'],
    [{ schedule: null, jitter: '5m' }, 'spec.jitter: is for schedules: set schedule, or leave it out'],
  ])('%j is refused', (fields, message) => {
    expect(configurationErrors(batchTransfer({ schedule: SCHEDULE, ...fields }))).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test('is told to Temporal with its policies, without anything left to the server', () => {
    const { schedule } = policyOf({ timeZone: 'Asia/Tokyo', overlapPolicy: 'BufferOne', jitter: '1m' });
    expect(scheduleSpec(schedule!)).toEqual({
      timezone: 'Asia/Tokyo',
      jitter: 60_000,
      calendars: [{ minute: [0], hour: [3], dayOfMonth: '*', month: '*', dayOfWeek: '*', comment: SCHEDULE }],
    });
    expect(schedulePolicies(schedule!)).toEqual({
      overlap: 'BUFFER_ONE',
      catchupWindow: 3_600_000,
      pauseOnFailure: false,
    });
  });
});

describe('the times of a cron expression', () => {
  test.each([
    ['@midnight', [{ minutes: [0], hours: [0] }]],
    ['*/20 * * jan,MAR *', [{ minutes: [0, 20, 40], months: [1, 3] }]],
    ['0 6 * * 5-7', [{ minutes: [0], hours: [6], daysOfWeek: [0, 5, 6] }]],
    // either, as in crontab
    [
      '0 6 13 * FRI',
      [
        { minutes: [0], hours: [6], daysOfMonth: [13] },
        { minutes: [0], hours: [6], daysOfWeek: [5] },
      ],
    ],
  ])('%s', (schedule, times) => {
    expect(calendarTimes(schedule)).toEqual(times);
  });

  const field = (min: number, max: number): Arbitrary<string> =>
    oneof(
      constantFrom('*'),
      integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
      uniqueArray(integer({ min, max }), { minLength: 1, maxLength: 3 }).map((values) => values.join(',')),
    );
  const expression = tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)).map(
    (fields) => fields.join(' '),
  );

  test('are those that the parser finds', () => {
    assert(
      property(expression, integer({ min: 0, max: 3_000 }), (schedule, day) => {
        const from = new Date(Date.UTC(2026, 0, 1) + day * 86_400_000);
        const next = CronExpressionParser.parse(schedule, { currentDate: from, tz: 'UTC' }).next().toDate();
        expect(matches(schedule, next)).toBe(true);
        // and no minute of the hours before it
        for (let minute = 1; minute <= 180; minute += 1) {
          const earlier = new Date(next.getTime() - minute * 60_000);
          if (earlier <= from) break;
          expect({ schedule, earlier, matches: matches(schedule, earlier) }).toMatchObject({
            matches: false,
          });
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

function matches(schedule: string, time: Date): boolean {
  const is = (values: number[] | undefined, value: number): boolean => values?.includes(value) ?? true;
  return calendarTimes(schedule).some(
    ({ minutes, hours, daysOfMonth, months, daysOfWeek }) =>
      is(minutes, time.getUTCMinutes()) &&
      is(hours, time.getUTCHours()) &&
      is(daysOfMonth, time.getUTCDate()) &&
      is(months, time.getUTCMonth() + 1) &&
      is(daysOfWeek, time.getUTCDay()),
  );
}
