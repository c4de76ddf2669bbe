import { DAYS_OF_WEEK, MONTHS } from '@temporalio/client';
import type { CalendarSpec, ScheduleOptions, ScheduleOverlapPolicy, ScheduleSpec } from '@temporalio/client';
import { calendarTimes } from '../api/index.ts';
import type { CalendarTimes, TransferSchedule } from '../api/index.ts';

const OVERLAP: Record<TransferSchedule['overlapPolicy'], ScheduleOverlapPolicy> = {
  Skip: 'SKIP',
  BufferOne: 'BUFFER_ONE',
  CancelOther: 'CANCEL_OTHER',
};

/** When a schedule is due, in Temporal's terms. */
export function scheduleSpec({ cron, timeZone, jitter }: TransferSchedule): ScheduleSpec {
  return {
    calendars: calendarTimes(cron).map((times) => calendar(times, cron)),
    timezone: timeZone,
    jitter,
  };
}

export function schedulePolicies({
  overlapPolicy,
  catchupWindow,
}: TransferSchedule): NonNullable<ScheduleOptions['policies']> {
  // A run that fails says so itself; the next one may find its store again.
  return { overlap: OVERLAP[overlapPolicy], catchupWindow, pauseOnFailure: false };
}

/** @param comment for the Web UI */
function calendar(times: CalendarTimes, comment: string): CalendarSpec {
  return {
    minute: times.minutes ?? '*',
    hour: times.hours ?? '*',
    dayOfMonth: times.daysOfMonth ?? '*',
    month: times.months?.map((month) => MONTHS[month - 1]!) ?? '*',
    dayOfWeek: times.daysOfWeek?.map((day) => DAYS_OF_WEEK[day]!) ?? '*',
    comment,
  };
}
