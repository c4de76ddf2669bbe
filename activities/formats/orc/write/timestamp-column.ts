import { fixedWidth } from '../../columnar/fixed-width.ts';
import type { Dictionary } from '../../columnar/pages.ts';
import { TransferError } from '../../../failures.ts';
import { ENCODING, STREAM } from '../messages.ts';
import type { Compression } from './blocks.ts';
import { ByteStream } from './byte-stream.ts';
import type { ColumnWriter } from './column-writer.ts';
import { writeIntegers } from './integer-runs.ts';

/** Seconds of 2015-01-01 00:00:00 UTC, from which ORC counts. */
const EPOCH = 1_420_070_400;

interface Shape {
  perSecond: number;
  path: string;
}

/** TIMESTAMP and TIMESTAMP_INSTANT from 64 bits that count 1/`perSecond` seconds since 1970. */
export function timestampColumn(
  shape: Shape,
  dictionary: Dictionary | undefined,
  compression: Compression,
): ColumnWriter {
  const data = new ByteStream(compression);
  const fractions = new ByteStream(compression);
  const range = { minimum: Infinity, maximum: -Infinity };
  return {
    write(page) {
      const halves = fixedWidth(page, 8, dictionary);
      const seconds = new Float64Array(page.count);
      const nanos = new Float64Array(page.count);
      split(halves, shape, range, seconds, nanos);
      writeIntegers(data, seconds, page.count, true);
      writeIntegers(fractions, nanos, page.count, false);
    },
    finish: () => ({
      streams: [
        { kind: STREAM.data, pieces: data.finish() },
        { kind: STREAM.secondary, pieces: fractions.finish() },
      ],
      encoding: ENCODING.directV2,
      statistics:
        range.minimum > range.maximum
          ? {}
          : { timestampStatistics: { minimumUtc: BigInt(range.minimum), maximumUtc: BigInt(range.maximum) } },
    }),
  };
}

/** Of 64-bit numbers in halves: what ORC stores of each. `range`: milliseconds since 1970. */
function split(
  halves: Int32Array,
  { perSecond, path }: Shape,
  range: { minimum: number; maximum: number },
  seconds: Float64Array,
  nanos: Float64Array,
): void {
  const nanosPerUnit = 1e9 / perSecond;
  for (let i = 0; i < seconds.length; i++) {
    const low = halves[2 * i]!;
    const high = halves[2 * i + 1]!;
    if ((low === -1 && high === 0x7fffffff) || (low === 1 && high === -0x80000000)) throw infinite(path);
    let whole = Math.floor((high * 4294967296 + (low >>> 0)) / perSecond);
    // the quotient may be off by one, the rest is exact in 32 bits
    let rest = (low - Math.imul(whole | 0, perSecond)) | 0;
    if (rest < 0) {
      whole--;
      rest += perSecond;
    } else if (rest >= perSecond) {
      whole++;
      rest -= perSecond;
    }
    const fraction = rest * nanosPerUnit;
    const millis = whole * 1000 + Math.floor(fraction / 1e6);
    if (millis < range.minimum) range.minimum = millis;
    if (millis > range.maximum) range.maximum = millis;
    seconds[i] = storedSeconds(whole, fraction, path) - EPOCH;
    nanos[i] = storedNanos(fraction);
  }
}

/** The engine's infinities are the least and the greatest numbers that it uses. */
function infinite(path: string): TransferError {
  return new TransferError(
    'Unsupported',
    `column ${JSON.stringify(path)} has an infinite time, which ORC cannot hold; leave such rows out with FilterRows, or choose another data format`,
  );
}

/**
 * Readers take one second off where the seconds are negative and the fraction has milliseconds (ORC-306, ORC-763), so
 * one is added here. For the last second before 1970 no stored value reads back right.
 */
function storedSeconds(seconds: number, nanos: number, path: string): number {
  if (seconds >= 0 || nanos < 1e6) return seconds;
  if (seconds < -1) return seconds + 1;
  const fraction = String(nanos).padStart(9, '0').replace(/0+$/, '');
  throw new TransferError(
    'Unsupported',
    `column ${JSON.stringify(path)} has the time 1969-12-31 23:59:59.${fraction}: ORC cannot hold fractions of the last second before 1970, readers take them for one second later; leave such rows out with FilterRows, or choose another data format`,
  );
}

/** Trailing zeros are cut off where there are two or more; the lowest 3 bits say how many, less one. */
export function storedNanos(nanos: number): number {
  if (nanos === 0 || nanos % 100 !== 0) return nanos * 8;
  let digits = nanos / 100;
  let zeros = 1;
  while (zeros < 7 && digits % 10 === 0) {
    digits /= 10;
    zeros++;
  }
  return digits * 8 + zeros;
}
