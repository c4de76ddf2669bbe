import { fixedWidth } from '../../columnar/fixed-width.ts';
import type { Dictionary } from '../../columnar/pages.ts';
import { Scratch } from '../../columnar/scratch.ts';
import { ENCODING, STREAM } from '../messages.ts';
import type { Compression } from './blocks.ts';
import { ByteStream } from './byte-stream.ts';
import type { ColumnWriter } from './column-writer.ts';
import { decimalText } from './decimal-text.ts';
import { Extent } from './extent.ts';
import { writeIntegers } from './integer-runs.ts';
import { writeSigned128 } from './varint.ts';

const MAX_VARINT_BYTES = 19;

const scratch = new Scratch();

/** DECIMAL; in Parquet 4 or 8 bytes a value, little-endian, or 16, big-endian. */
export function decimalColumn(
  shape: { width: number; scale: number },
  dictionary: Dictionary | undefined,
  compression: Compression,
): ColumnWriter {
  const { width, scale } = shape;
  const data = new ByteStream(compression);
  const scales = new ByteStream(compression);
  const extent = new Extent();
  return {
    write(page) {
      const words = widen(fixedWidth(page, width, dictionary), width);
      writeAll(data, words);
      addAll(extent, words);
      writeIntegers(scales, new Int32Array(page.count).fill(scale), page.count, true);
    },
    finish() {
      const bounds = extent.bounds();
      const texts = bounds && {
        minimum: decimalText(bounds.minimum, scale),
        maximum: decimalText(bounds.maximum, scale),
        sum: decimalText(bounds.sum, scale),
      };
      return {
        streams: [
          { kind: STREAM.data, pieces: data.finish() },
          { kind: STREAM.secondary, pieces: scales.finish() },
        ],
        encoding: ENCODING.directV2,
        statistics: texts === undefined ? {} : { decimalStatistics: texts },
      };
    },
  };
}

function writeAll(data: ByteStream, words: Int32Array): void {
  for (let i = 0; i < words.length; i += 4) {
    const at = data.reserve(MAX_VARINT_BYTES);
    data.commit(writeSigned128(data.buffer, at, words, i));
  }
}

function addAll(extent: Extent, words: Int32Array): void {
  for (let i = 0; i < words.length; i += 4) {
    const sign = words[i + 1]! >> 31;
    if (words[i + 2] === sign && words[i + 3] === sign) extent.add(words[i]!, words[i + 1]!);
    else extent.addLarge(joinWords(words, i));
  }
}

/** Every value as four words, the lowest first. */
function widen(given: Int32Array<ArrayBuffer>, width: number): Int32Array {
  const size = width / 4;
  const count = given.length / size;
  const words = scratch.integers(count * 4);
  if (width === 16) {
    const view = new DataView(given.buffer);
    for (let i = 0; i < count * 4; i++) words[i ^ 3] = view.getInt32(i * 4);
    return words;
  }
  for (let i = 0; i < count; i++) {
    const sign = given[(i + 1) * size - 1]! >> 31;
    words[i * 4] = given[i * size]!;
    words[i * 4 + 1] = size === 2 ? given[i * size + 1]! : sign;
    words[i * 4 + 2] = sign;
    words[i * 4 + 3] = sign;
  }
  return words;
}

function joinWords(words: Int32Array, from: number): bigint {
  let value = BigInt(words[from + 3]!);
  for (let i = from + 2; i >= from; i--) value = (value << 32n) | BigInt(words[i]! >>> 0);
  return value;
}
