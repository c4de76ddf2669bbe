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

export function booleanColumn(compression: Compression): ColumnWriter {
  const bits = new Bits();
  return {
    write(page) {
      const bytes = 'plain' in page.values ? page.values.plain : Buffer.alloc(0);
      for (let i = 0; i < page.count; i++) bits.push(((bytes[i >>> 3]! >>> (i & 7)) & 1) === 1);
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
      for (let i = 0; i < values.length; i++) extent.add(values[i]!, values[i]! >> 31);
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
      for (let i = 0; i < halves.length; i += 2) extent.add(halves[i]!, halves[i + 1]!);
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
  let minimum = Infinity;
  let maximum = -Infinity;
  let sum = 0;
  return {
    write(page) {
      const { buffer, byteLength } = fixedWidth(page, width, dictionary);
      data.write(new Uint8Array(buffer), 0, byteLength);
      const values =
        width === 4 ? new Float32Array(buffer, 0, page.count) : new Float64Array(buffer, 0, page.count);
      // an iterator over so many values would take longer than all else
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
        sum += value;
      }
    },
    finish: () => ({
      streams: [{ kind: STREAM.data, pieces: data.finish() }],
      encoding: ENCODING.direct,
      // readers would skip rows by bounds that NaN is not within; the sum tells of it and of infinities
      statistics:
        Number.isFinite(sum) && minimum <= maximum ? { doubleStatistics: { minimum, maximum, sum } } : {},
    }),
  };
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
