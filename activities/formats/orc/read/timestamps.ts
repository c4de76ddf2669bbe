import { OrcError } from '../proto.ts';
import { toProleptic } from './calendar.ts';
import { Zone } from './zone.ts';

/** 2015-01-01 00:00:00 on the writer's clocks, which timestamps count from. */
const BASE = 1_420_070_400;
const DAY = 86_400;
/** A fraction of a second up to here does not tell that the seconds before 1970 were rounded up. */
const MILLISECOND = 999_999;
/** Seconds before and after 1970 that the engine's timestamps of 64 bits reach. */
export const MAX_SECONDS = { micros: 9_223_372_022_400, nanos: 9_223_286_400 };
const ZEROS = [1, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

export type TimestampUnit = keyof typeof MAX_SECONDS;

export interface TimestampRules {
  unit: TimestampUnit;
  /** The writer's; UTC for timestamps with local time zone, which are instants. */
  zone: Zone;
  julian: boolean;
}

/**
 * Makes one 64-bit number of seconds and encoded nanoseconds, both as pairs of words (see bits.ts), in place
 * of the seconds: what the writer's clocks showed, since 1970-01-01 00:00 on them. Throws OrcError for times
 * that 64 bits do not hold.
 */
export function toTimestamps(
  seconds: Int32Array,
  nanos: Int32Array,
  count: number,
  rules: TimestampRules,
): void {
  const { unit, zone, julian } = rules;
  const base = zone.instantOf(BASE);
  const limit = MAX_SECONDS[unit];
  const [factor, divisor] = unit === 'nanos' ? [1e9, 1] : [1e6, 1000];
  for (let i = 0; i < 2 * count; i += 2) {
    // negative ones are pyarrow's way before 1970
    const fraction = Math.floor(toNumber(nanos, i) / 8) * ZEROS[nanos[i]! & 7]!;
    if (Math.abs(fraction) > 999_999_999) throw new OrcError('a fraction of a second is none');
    const instant = toNumber(seconds, i) + base;
    let wall = zone.utc ? instant : instant + zone.offsetAt(instant);
    if (instant < 0 && fraction > MILLISECOND) wall -= 1;
    if (julian && wall < 0) {
      const days = Math.floor(wall / DAY);
      wall += (toProleptic(days) - days) * DAY;
    }
    if (wall >= limit || wall < -limit) throw new OrcError(`a timestamp exceeds 64 bits of ${unit}`);
    setProduct(seconds, i, wall, factor, Math.floor(fraction / divisor));
  }
}

function toNumber(pairs: Int32Array, at: number): number {
  return pairs[at + 1]! * 2 ** 32 + (pairs[at]! >>> 0);
}

/** pairs[at] = value * factor + rest, exactly: value has up to 44 bits, factor and rest up to 30. */
function setProduct(pairs: Int32Array, at: number, value: number, factor: number, rest: number): void {
  const upper = Math.floor(value / 65_536);
  const product = upper * factor;
  const productUpper = Math.floor(product / 65_536);
  const low = (product - productUpper * 65_536) * 65_536 + (value - upper * 65_536) * factor + rest;
  const carry = Math.floor(low / 2 ** 32);
  pairs[at] = low | 0;
  pairs[at + 1] = (productUpper + carry) | 0;
}
