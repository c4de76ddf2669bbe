import { CronExpressionParser } from 'cron-parser';

const FIELDS = 5;
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a cron expression: the parser's own text. Five fields, or one of the descriptors. */
export function scheduleProblems(schedule: string): string[] {
  if (schedule.startsWith('@'))
    return DESCRIPTORS.includes(schedule)
      ? []
      : [`Unrecognized descriptor: ${schedule}; known are ${DESCRIPTORS.join(', ')}`];
  const found = schedule.trim().split(/\s+/).length;
  // The parser also takes seconds, and fills in fields that are missing.
  if (found !== FIELDS) return [`Expected exactly ${FIELDS} fields, found ${found}: ${schedule}`];
  try {
    CronExpressionParser.parse(schedule);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
