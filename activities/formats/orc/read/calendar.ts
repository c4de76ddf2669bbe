import { CALENDAR } from '../messages.ts';
import type { Footer } from '../messages.ts';

/** 1582-10-15 in days since 1970-01-01: the first day of the Gregorian calendar. */
const GREGORIAN_BEGIN = -141_427;
const ORC_JAVA = 0;

/**
 * Whether days before 1582-10-15 were counted in the Julian calendar. Files that do not say it were, when
 * written by ORC Java; other writers never did (ORC's own readers: orc.proleptic.gregorian.default).
 */
export function isJulian(footer: Footer): boolean {
  const calendar = footer.calendar ?? CALENDAR.unknown;
  if (calendar !== CALENDAR.unknown) return calendar === CALENDAR.julianGregorian;
  return (footer.writer ?? ORC_JAVA) === ORC_JAVA;
}

/**
 * The day with the same year, month and day in the proleptic Gregorian calendar. Days since 1970-01-01; a day
 * that only the Julian calendar has (1500-02-29) becomes the one after it.
 */
export function toProleptic(days: number): number {
  if (days >= GREGORIAN_BEGIN) return days;
  const { year, month, day } = julianDate(days);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}

/** E. G. Richards, Explanatory Supplement to the Astronomical Almanac, 15.11.3. */
function julianDate(days: number): { year: number; month: number; day: number } {
  const f = days + 2_440_588 + 1401;
  const e = 4 * f + 3;
  const g = Math.floor((((e % 1461) + 1461) % 1461) / 4);
  const h = 5 * g + 2;
  const day = Math.floor((h % 153) / 5) + 1;
  const month = ((Math.floor(h / 153) + 2) % 12) + 1;
  return { year: Math.floor(e / 1461) - 4716 + Math.floor((14 - month) / 12), month, day };
}
