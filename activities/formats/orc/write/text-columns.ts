import type { Dictionary } from '../../columnar/pages.ts';
import { Scratch } from '../../columnar/scratch.ts';
import { ThriftError } from '../../parquet/thrift.ts';
import type { ColumnStatistics } from '../messages.ts';
import { ENCODING, STREAM } from '../messages.ts';
import type { Compression } from './blocks.ts';
import { ByteStream } from './byte-stream.ts';
import { ByteBounds, ByteValues } from './byte-values.ts';
import type { ColumnWriter } from './column-writer.ts';
import { writeIntegers } from './integer-runs.ts';

const starts = new Scratch();
const lengthsOf = new Scratch();

/** Longer values are no bounds in statistics. */
const MAX_BOUND_BYTES = 1024;

/** STRING: with a dictionary where the engine has found that one pays. */
export function stringColumn(dictionary: Dictionary | undefined, compression: Compression): ColumnWriter {
  return dictionary === undefined
    ? directColumn('string', undefined, compression)
    : dictionaryColumn(dictionary, compression);
}

/** BINARY, which has no dictionaries in ORC. */
export function binaryColumn(dictionary: Dictionary | undefined, compression: Compression): ColumnWriter {
  return directColumn('binary', dictionary, compression);
}

function directColumn(
  kind: 'string' | 'binary',
  dictionary: Dictionary | undefined,
  compression: Compression,
): ColumnWriter {
  const data = new ByteStream(compression);
  const lengths = new ByteStream(compression);
  const bounds = new ByteBounds();
  const entries = dictionary && new ByteValues(dictionary.bytes, dictionary.count);
  let total = 0;
  return {
    write(page) {
      const plain =
        'plain' in page.values ? new ByteValues(page.values.plain, page.count, starts) : undefined;
      const indices = 'indices' in page.values ? page.values.indices : undefined;
      const values = plain ?? entries;
      if (values === undefined) throw new ThriftError('a dictionary is missing');
      const sizes = lengthsOf.integers(page.count);
      total += append(data, values, indices, sizes);
      if (kind === 'string') addBounds(bounds, values, indices, page.count);
      writeIntegers(lengths, sizes, page.count, false);
    },
    finish: () => ({
      streams: [
        { kind: STREAM.data, pieces: data.finish() },
        { kind: STREAM.length, pieces: lengths.finish() },
      ],
      encoding: ENCODING.directV2,
      statistics:
        kind === 'string' ? stringStatistics(bounds, total) : { binaryStatistics: { sum: BigInt(total) } },
    }),
  };
}

/** Writes the values at `indices`, all in turn without any, and their lengths to `sizes`; returns the sum of these. */
function append(
  data: ByteStream,
  values: ByteValues,
  indices: Int32Array | undefined,
  sizes: Int32Array,
): number {
  let total = 0;
  for (let i = 0; i < sizes.length; i++) {
    const index = indices === undefined ? i : indices[i]!;
    const start = values.start(index);
    const end = values.end(index);
    sizes[i] = end - start;
    total += end - start;
    data.write(values.bytes, start, end);
  }
  return total;
}

function addBounds(
  bounds: ByteBounds,
  values: ByteValues,
  indices: Int32Array | undefined,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const index = indices === undefined ? i : indices[i]!;
    bounds.add(values.bytes, values.start(index), values.end(index));
  }
}

/** ORC sorts a dictionary; one of the engine is in the order of appearance and may have values that do not occur. */
function dictionaryColumn(dictionary: Dictionary, compression: Compression): ColumnWriter {
  const values = new ByteValues(dictionary.bytes, dictionary.count);
  const uses = new Float64Array(dictionary.count);
  const pages: Int32Array[] = [];
  return {
    write(page) {
      if (!('indices' in page.values))
        throw new ThriftError('a page without dictionary after others with one');
      const { indices } = page.values;
      countUses(indices, uses);
      pages.push(indices);
    },
    finish() {
      const { sorted, places } = sortUsed(values, uses);
      const data = new ByteStream(compression);
      for (const indices of pages) {
        toPlaces(indices, places);
        writeIntegers(data, indices, indices.length, false);
      }
      const text = new ByteStream(compression);
      const lengths = new ByteStream(compression);
      const bounds = new ByteBounds();
      let total = 0;
      const sizes = Int32Array.from(sorted, (index) => values.end(index) - values.start(index));
      for (const [place, index] of sorted.entries()) {
        text.write(values.bytes, values.start(index), values.end(index));
        bounds.add(values.bytes, values.start(index), values.end(index));
        total += sizes[place]! * uses[index]!;
      }
      writeIntegers(lengths, sizes, sizes.length, false);
      return {
        streams: [
          { kind: STREAM.data, pieces: data.finish() },
          { kind: STREAM.dictionaryData, pieces: text.finish() },
          { kind: STREAM.length, pieces: lengths.finish() },
        ],
        encoding: ENCODING.dictionaryV2,
        dictionarySize: sorted.length,
        statistics: stringStatistics(bounds, total),
      };
    },
  };
}

function countUses(indices: Int32Array, uses: Float64Array): void {
  for (let i = 0; i < indices.length; i++) {
    if (indices[i]! >= uses.length) throw new ThriftError('a value lies outside of the dictionary');
    uses[indices[i]!]!++;
  }
}

function toPlaces(indices: Int32Array, places: Int32Array): void {
  for (let i = 0; i < indices.length; i++) indices[i] = places[indices[i]!]!;
}

/** The used entries in the order of their bytes, and the place of each among them. */
function sortUsed(values: ByteValues, uses: Float64Array): { sorted: number[]; places: Int32Array } {
  const entries: { index: number; text: Buffer }[] = [];
  for (let index = 0; index < uses.length; index++) {
    if (uses[index]! > 0)
      entries.push({ index, text: values.bytes.subarray(values.start(index), values.end(index)) });
  }
  entries.sort((a, b) => Buffer.compare(a.text, b.text));
  const places = new Int32Array(uses.length);
  for (const [place, { index }] of entries.entries()) places[index] = place;
  return { sorted: entries.map(({ index }) => index), places };
}

function stringStatistics(all: ByteBounds, total: number): ColumnStatistics {
  const bounds = all.bounds();
  // without bounds readers would take the column for empty, so that there is no block at all then
  if (bounds === undefined || Math.max(bounds.least.length, bounds.greatest.length) > MAX_BOUND_BYTES)
    return {};
  const { least, greatest } = bounds;
  return {
    stringStatistics: { minimum: least.toString(), maximum: greatest.toString(), sum: BigInt(total) },
  };
}
