import { integer } from '../parquet/metadata.ts';
import { decodePrefix, ThriftError } from '../parquet/thrift.ts';
import type { Struct } from '../parquet/thrift.ts';
import { Scratch } from './scratch.ts';
import { decodeHybrid } from './hybrid.ts';

/** Field ids of PageHeader and of the headers in it. */
const HEADER = { type: 1, bytes: 3, data: 5, dictionary: 7 } as const;
const INNER = { values: 1, encoding: 2 } as const;
const PAGE = { data: 0, dictionary: 2 } as const;
const ENCODING = { plain: 0, plainDictionary: 2, rleDictionary: 8 } as const;

/** Of the page that was decoded last. */
const repetitionMemory = new Scratch();
const definitionMemory = new Scratch();

/** Highest levels of a leaf. */
export interface Levels {
  definition: number;
  repetition: number;
}

/** A leaf's values in one row group, without compression. */
export interface ColumnPages {
  dictionary?: Dictionary;
  /** The levels of one are overwritten when the next is asked for. */
  pages: Iterable<Page>;
}

/** Distinct values, encoded one after another as in a plain page. */
export interface Dictionary {
  bytes: Buffer;
  count: number;
}

export interface Page {
  /** One for every value, NULL or empty list. */
  entries: number;
  /** Absent where no level is possible but 0. */
  definitions?: Uint8Array;
  repetitions?: Uint8Array;
  /** Values that are there. */
  count: number;
  /** The values: plain, or as places in the dictionary. */
  values: { plain: Buffer } | { indices: Int32Array };
}

/**
 * Takes the bytes of a column chunk apart: pages of version 1, uncompressed, plain or with a dictionary, as the
 * engine writes them. Throws ThriftError for others.
 */
export function columnPages(bytes: Buffer, levels: Levels): ColumnPages {
  const first = headerAt(bytes, 0);
  if (first.type !== PAGE.dictionary) return { pages: dataPages(bytes, levels) };
  const header = inner(first.struct, HEADER.dictionary);
  const dictionary = { bytes: bytes.subarray(first.start, first.end), count: integer(header, INNER.values) };
  return { dictionary, pages: dataPages(bytes.subarray(first.end), levels) };
}

function* dataPages(bytes: Buffer, levels: Levels): Generator<Page> {
  for (let position = 0; position < bytes.length;) {
    const { type, struct, start, end } = headerAt(bytes, position);
    if (type !== PAGE.data) throw new ThriftError(`a page of type ${type}`);
    yield dataPage(bytes.subarray(start, end), inner(struct, HEADER.data), levels);
    position = end;
  }
}

function headerAt(
  bytes: Buffer,
  position: number,
): { type: number; struct: Struct; start: number; end: number } {
  const { struct, length } = decodePrefix(bytes.subarray(position));
  const start = position + length;
  const end = start + integer(struct, HEADER.bytes);
  if (end > bytes.length) throw new ThriftError('a page ends too early');
  return { type: integer(struct, HEADER.type), struct, start, end };
}

function inner(struct: Struct, id: number): Struct {
  const value = struct.get(id)?.value;
  if (!(value instanceof Map)) throw new ThriftError('a page has no header');
  return value;
}

function dataPage(bytes: Buffer, header: Struct, levels: Levels): Page {
  const entries = integer(header, INNER.values);
  const encoding = integer(header, INNER.encoding);
  let rest = bytes;
  const decodeLevels = (highest: number, scratch: Scratch): Uint8Array | undefined => {
    if (highest === 0) return undefined;
    const decoded = scratch.bytes(entries);
    const length = rest.readUInt32LE(0);
    decodeHybrid(rest.subarray(4, 4 + length), 32 - Math.clz32(highest), decoded);
    rest = rest.subarray(4 + length);
    return decoded;
  };
  const repetitions = decodeLevels(levels.repetition, repetitionMemory);
  const definitions = decodeLevels(levels.definition, definitionMemory);
  const count = definitions === undefined ? entries : countOf(definitions, levels.definition);
  return {
    entries,
    count,
    values: values(rest, encoding, count),
    ...(definitions === undefined ? {} : { definitions }),
    ...(repetitions === undefined ? {} : { repetitions }),
  };
}

function countOf(levels: Uint8Array, level: number): number {
  let count = 0;
  const { length } = levels;
  for (let i = 0; i < length; i++) if (levels[i] === level) count++;
  return count;
}

function values(bytes: Buffer, encoding: number, count: number): Page['values'] {
  if (encoding === ENCODING.plain) return { plain: bytes };
  if (encoding !== ENCODING.plainDictionary && encoding !== ENCODING.rleDictionary) {
    throw new ThriftError(`values of encoding ${encoding}`);
  }
  const indices = new Int32Array(count);
  if (count > 0) decodeHybrid(bytes.subarray(1), bytes.readUInt8(0), indices);
  return { indices };
}
