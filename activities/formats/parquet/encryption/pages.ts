import type { FileHandle } from 'node:fs/promises';
import type { Span } from '../metadata.ts';
import { integer } from '../metadata.ts';
import { decodePrefix, decodeStruct, encodeStruct, ThriftError, TYPE } from '../thrift.ts';
import type { Struct } from '../thrift.ts';
import type { Algorithm } from './algorithm.ts';
import { DICTIONARY_PAGE, PAGE } from './fields.ts';
import { aadOf, LENGTH_BYTES, MAX_ORDINAL, MODULE, open, openUnchecked, seal } from './modules.ts';
import type { Place } from './modules.ts';

/** A page is held in memory. */
const MAX_PAGE = 256 * 1024 * 1024;
const MAX_HEADER = 16 * 1024 * 1024;
const HEADER_READ = 16 * 1024;

/** A page as it lies in a file that is not encrypted. */
export interface Page {
  header: Struct;
  /** Compressed. */
  body: Buffer;
}

export const isDictionary = ({ header }: Page): boolean => integer(header, PAGE.type) === DICTIONARY_PAGE;

/** A column's pages one after the other. */
export async function* plainPages(file: FileHandle, { start, end }: Span): AsyncGenerator<Page> {
  for (let at = start; at < end;) {
    const { struct: header, length } = await headerAt(file, at, end);
    const bytes = integer(header, PAGE.compressedBytes);
    yield { header, body: await readAt(file, at + length, bytes, end) };
    at += length + bytes;
  }
}

/** Headers are short, but statistics in them may be long. */
async function headerAt(
  file: FileHandle,
  at: number,
  end: number,
): Promise<{ struct: Struct; length: number }> {
  for (let length = HEADER_READ; ; length *= 8) {
    const available = Math.min(length, end - at);
    const bytes = await readAt(file, at, available, end);
    try {
      return decodePrefix(bytes);
    } catch (error) {
      if (available < length || length > MAX_HEADER) throw error;
    }
  }
}

/** A column whose pages are encrypted with `key`. The first is a dictionary where the column's metadata says so. */
export async function* encryptedPages(
  file: FileHandle,
  { start, end }: Span,
  key: Buffer,
  algorithm: Algorithm,
  { group, column, dictionary }: Place & { dictionary: boolean },
): AsyncGenerator<Page> {
  let page = dictionary ? -1 : 0;
  for (let at = start; at < end; page++) {
    const { place, modules } = placeOf({ group, column, page });
    const head = await moduleAt(file, at, end, MAX_HEADER);
    const header = decodeStruct(open(key, aadOf(algorithm.aad, modules.header, place), head.module));
    const rest = await moduleAt(file, head.end, end, MAX_PAGE);
    const body =
      algorithm.name === 'AES_GCM_CTR_V1'
        ? openUnchecked(key, rest.module)
        : open(key, aadOf(algorithm.aad, modules.body, place), rest.module);
    at = rest.end;
    yield { header: withBody(header, body.length), body };
  }
}

/** The header and the body of a page as modules. */
export function sealPage({ header, body }: Page, key: Buffer, aad: Buffer, at: Required<Place>): Buffer[] {
  const { place, modules } = placeOf(at);
  const sealed = seal(key, aadOf(aad, modules.body, place), body);
  const head = encodeStruct(withBody(header, sealed.length));
  return [seal(key, aadOf(aad, modules.header, place), head), sealed];
}

export const plainPage = ({ header, body }: Page): Buffer[] => [encodeStruct(header), body];

/** Data pages are numbered from 0; a dictionary (-1) has no number. */
function placeOf({ group, column, page }: Required<Place>): {
  place: Place;
  modules: { header: number; body: number };
} {
  if (page < 0)
    return {
      place: { group, column },
      modules: { header: MODULE.dictionaryPageHeader, body: MODULE.dictionaryPage },
    };
  if (page > MAX_ORDINAL) throw new ThriftError('a column has more than 32,768 pages in a row group');
  return {
    place: { group, column, page },
    modules: { header: MODULE.dataPageHeader, body: MODULE.dataPage },
  };
}

/** The checksum is of the bytes in the file, which have become others; the tag does the same and more. */
function withBody(header: Struct, length: number): Struct {
  const changed: Struct = new Map(header);
  changed.delete(PAGE.checksum);
  return changed.set(PAGE.compressedBytes, { type: TYPE.i32, value: length });
}

async function moduleAt(
  file: FileHandle,
  at: number,
  end: number,
  most: number,
): Promise<{ module: Buffer; end: number }> {
  const start = at + LENGTH_BYTES;
  const length = (await readAt(file, at, LENGTH_BYTES, end)).readUInt32LE();
  if (length > most) throw new ThriftError(`a page has ${length} bytes; at most ${most} are supported`);
  return { module: await readAt(file, start, length, end), end: start + length };
}

async function readAt(file: FileHandle, at: number, bytes: number, end: number): Promise<Buffer> {
  if (bytes > MAX_PAGE) throw new ThriftError(`a page has ${bytes} bytes; at most ${MAX_PAGE} are supported`);
  if (at + bytes > end) throw new ThriftError('a page reaches beyond its column');
  const buffer = Buffer.allocUnsafe(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  if (bytesRead < bytes) throw new ThriftError('the file ends within a page');
  return buffer;
}
