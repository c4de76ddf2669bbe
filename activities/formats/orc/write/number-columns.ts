import { fixedWidth } from '../../columnar/fixed-width.ts';
import type { Dictionary } from '../../columnar/pages.ts';
import type { ColumnStatistics } from '../messages.ts';
import { ENCODING, STREAM } from '../messages.ts';
import { Bits } from './bits.ts';
import type { Compression } from './blocks.ts';
import { writeByteRuns } from './byte-runs.ts';
import { ByteStream } from './byte-stream.ts';
import type { ColumnWriter } from './column-writer.ts';
import { Extent } from './extent.ts';
import { writeIntegers } from './integer-runs.ts';
import { writeLongs } from './long-runs.ts';

/*
 * The loops are functions of their own throughout: a writer is made for every column of every stripe, and what stands in
 * its methods would be compiled again for each.
 */

export function booleanColumn(compression: Compression): ColumnWriter {
  const bits = new Bits();
  return {
    write(page) {
      const bytes = 'plain' in page.values ? page.values.plain : Buffer.alloc(0);
      pushBits(bits, bytes, page.count);
    },
    finish() {
      const data = new ByteStream(compression);
      bits.writeTo(data);
      return {
        streams: [{ kind: STREAM.data, pieces: data.finish() }],
        encoding: ENCODING.direct,
        statistics: { bucketStatistics: { count: [BigInt(bits.ones)] } },
      };
    },
  };
}

/** Parquet has the first value in the lowest bit. */
function pushBits(bits: Bits, bytes: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) bits.push(((bytes[i >>> 3]! >>> (i & 7)) & 1) === 1);
}

/** TINYINT, SMALLINT, INT and DATE: 32 bits in Parquet. */
export function int32Column(
  kind: 'byte' | 'integer' | 'date',
  dictionary: Dictionary | undefined,
  compression: Compression,
): ColumnWriter {
  const data = new ByteStream(compression);
  const extent = new Extent();
  return {
    write(page) {
      const values = fixedWidth(page, 4, dictionary);
      extent.addAll(values);
      if (kind === 'byte') writeByteRuns(data, Uint8Array.from(values), values.length);
      else writeIntegers(data, values, values.length, true);
    },
    finish: () => ({
      streams: [{ kind: STREAM.data, pieces: data.finish() }],
      encoding: kind === 'byte' ? ENCODING.direct : ENCODING.directV2,
      statistics: kind === 'date' ? dateStatistics(extent) : integerStatistics(extent),
    }),
  };
}

export function int64Column(dictionary: Dictionary | undefined, compression: Compression): ColumnWriter {
  const data = new ByteStream(compression);
  const extent = new Extent();
  return {
    write(page) {
      const halves = fixedWidth(page, 8, dictionary);
      extent.addHalves(halves);
      writeLongs(data, halves);
    },
    finish: () => ({
      streams: [{ kind: STREAM.data, pieces: data.finish() }],
      encoding: ENCODING.directV2,
      statistics: integerStatistics(extent),
    }),
  };
}

/** FLOAT (4 bytes) and DOUBLE (8 bytes): the same bytes as in Parquet. */
export function floatColumn(
  width: 4 | 8,
  dictionary: Dictionary | undefined,
  compression: Compression,
): ColumnWriter {
  const data = new ByteStream(compression);
  const range: Range = { minimum: Infinity, maximum: -Infinity, sum: 0 };
  return {
    write(page) {
      const { buffer, byteLength } = fixedWidth(page, width, dictionary);
      data.write(new Uint8Array(buffer), 0, byteLength);
      const floats = width === 4 ? Float32Array : Float64Array;
      extend(range, new floats(buffer, 0, page.count));
    },
    finish: () => ({
      streams: [{ kind: STREAM.data, pieces: data.finish() }],
      encoding: ENCODING.direct,
      statistics: floatStatistics(range),
    }),
  };
}

interface Range {
  minimum: number;
  maximum: number;
  sum: number;
}

function extend(range: Range, values: Float32Array | Float64Array): void {
  let { minimum, maximum, sum } = range;
  // an iterator would take longer than all else
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += value;
  }
  range.minimum = minimum;
  range.maximum = maximum;
  range.sum = sum;
}

function floatStatistics({ minimum, maximum, sum }: Range): ColumnStatistics {
  // readers would skip rows by bounds that NaN is not within; the sum tells of it and of infinities
  const sound = Number.isFinite(sum) && minimum <= maximum;
  return sound ? { doubleStatistics: { minimum, maximum, sum } } : {};
}

function integerStatistics(extent: Extent): ColumnStatistics {
  const bounds = extent.bounds();
  if (bounds === undefined) return {};
  const { minimum, maximum, sum } = bounds;
  const fits = BigInt.asIntN(64, sum) === sum;
  return { intStatistics: { minimum, maximum, ...(fits ? { sum } : {}) } };
}

function dateStatistics(extent: Extent): ColumnStatistics {
  const bounds = extent.bounds();
  if (bounds === undefined) return {};
  return { dateStatistics: { minimum: Number(bounds.minimum), maximum: Number(bounds.maximum) } };
}
