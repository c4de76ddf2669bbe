import { CronExpressionParser } from 'cron-parser';
import type { CronFieldCollection } from 'cron-parser';

/** Times of the days that match all of these; absent = every. */
export interface CalendarTimes {
  /** 0 to 59. */
  minutes?: number[];
  /** 0 to 23. */
  hours?: number[];
  /** 1 to 31. */
  daysOfMonth?: number[];
  /** 1 to 12. */
  months?: number[];
  /** 0 (Sunday) to 6. */
  daysOfWeek?: number[];
}

type CronField = CronFieldCollection['minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek'];

/** @throws Error with the parser's own text */
export function parseCron(schedule: string): CronFieldCollection {
  // the one descriptor that the parser does not know
  return CronExpressionParser.parse(schedule === '@midnight' ? '@daily' : schedule).fields;
}

/**
 * What a valid cron expression means; the calendars together make up its times. A day matches when the day of the month
 * or the day of the week does, if both are restricted, as crontab(5) says; Temporal, given the expression, would want both.
 */
export function calendarTimes(schedule: string): CalendarTimes[] {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parseCron(schedule);
  const common = { ...of('minutes', minute), ...of('hours', hour), ...of('months', month) };
  const days = of('daysOfMonth', dayOfMonth);
  // 7 is Sunday, too
  const weekdays = of('daysOfWeek', dayOfWeek, (day) => day % 7);
  if (days === undefined || weekdays === undefined) return [{ ...common, ...days, ...weekdays }];
  return [
    { ...common, ...days },
    { ...common, ...weekdays },
  ];
}

function of(
  name: keyof CalendarTimes,
  field: CronField,
  canonical: (value: number) => number = (value) => value,
): CalendarTimes | undefined {
  if (field.isWildcard) return undefined;
  const values = new Set(field.values.map((value) => canonical(Number(value))));
  return { [name]: [...values].toSorted((a, b) => a - b) };
}
