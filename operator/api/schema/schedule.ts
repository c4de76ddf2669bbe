import { z } from 'zod';
import { durationProblems } from '../checks/duration.ts';
import { scheduleProblems } from '../checks/schedule.ts';
import { timeZoneProblems } from '../checks/time-zone.ts';
import { scheduleDefaults } from '../default-values.ts';
import { any, has, not } from '../rules.ts';
import type { Rule } from '../rules.ts';
import { text } from './block.ts';

const { timeZone, overlapPolicy, catchupWindow, jitter } = scheduleDefaults;

/** When a BatchTransfer runs. */
export const scheduleFields = {
  schedule: text(255, scheduleProblems)
    .optional()
    .describe(
      'When to run, as a cron expression of five fields, e.g. 0 3 * * *, or a descriptor, e.g. @daily; absent or null: once.',
    ),
  timeZone: text(64, timeZoneProblems)
    .optional()
    .describe(`IANA time zone that the schedule is meant in, e.g. Europe/Berlin. Default: ${timeZone}.`),
  overlapPolicy: z
    .enum(['Skip', 'BufferOne', 'CancelOther'])
    .optional()
    .describe(
      `What becomes of a run that is due while another one goes on: Skip (it is left out), BufferOne (one is started afterwards) or CancelOther (the other one is cancelled). Default: ${overlapPolicy}.`,
    ),
  catchupWindow: text(16, durationProblems('10s', '365d'))
    .optional()
    .describe(
      `How late a run may start that could not be started when it was due, because Temporal was down: 10s to 365d, e.g. 30m. Default: ${catchupWindow}.`,
    ),
  jitter: text(16, durationProblems('0s', '1d'))
    .optional()
    .describe(
      `Every run is started a random time later, at most this: 0s to 1d, e.g. 5m. Default: ${jitter}.`,
    ),
};

export const SCHEDULE_RULES: Rule[] = (
  ['timeZone', 'overlapPolicy', 'catchupWindow', 'jitter'] satisfies (keyof typeof scheduleFields)[]
).map((field) => ({
  condition: any(not(has(field)), has('schedule')),
  message: 'is for schedules: set schedule, or leave it out',
  field,
}));
