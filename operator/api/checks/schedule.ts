import { parseCron } from '../cron.ts';

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
  // It would choose a value by chance, another one each time.
  if (schedule.replaceAll(/thu/gi, '').includes('H')) return ['H is not supported; give values'];
  try {
    const { dayOfMonth, dayOfWeek } = parseCron(schedule);
    const last = dayOfMonth.hasLastChar || dayOfWeek.hasLastChar;
    return last || dayOfWeek.nthDay > 0 ? ['L and # are not supported; give days'] : [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
