import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { literal } from '../../engine/engine.ts';
import { decompressed } from '../decompressed.ts';
import type { Column, WrittenChunk } from '../format.ts';
import { hasHeader } from './copy-options.ts';
import { decoderOf } from './decoder.ts';
import { dialectOf } from './dialect.ts';
import { encodingOf } from './encoding.ts';
import { LONGEST_RECORD } from './relation.ts';

/** What a result file holds, as text; a file that is not plain UTF-8 is made so beside it. */
export async function readBack(
  file: string,
  columns: readonly Pick<Column, 'name'>[],
  { index, options, directory }: WrittenChunk,
): Promise<string> {
  const { encoding = 'UTF-8', compression = 'none' } = options.csv ?? {};
  const plain = encoding === 'UTF-8' && compression === 'none';
  const text = plain ? file : join(directory, 'read-back.csv');
  if (!plain) await pipeline(Readable.from(decoded(file, options.csv ?? {})), createWriteStream(text));
  const { delimiter, quote, escape, nullValue } = dialectOf(options.csv);
  const types = columns.map(({ name }) => `${literal(name)}: 'VARCHAR'`).join(', ');
  const parameters = [
    literal(text),
    `header=${hasHeader(options.csv, index)}`,
    'auto_detect=false',
    `columns={${types}}`,
    `delim=${literal(delimiter)}`,
    `quote=${literal(quote)}`,
    `escape=${literal(escape)}`,
    `nullstr=${literal(nullValue)}`,
    'allow_quoted_nulls=false',
    `new_line='\\n'`,
    'parallel=false',
    `max_line_size=${LONGEST_RECORD}`,
    `buffer_size=${2 * LONGEST_RECORD}`,
  ];
  return `read_csv(${parameters.join(', ')})`;
}

async function* decoded(
  file: string,
  { encoding = 'UTF-8', compression = 'none' }: NonNullable<WrittenChunk['options']['csv']>,
): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(file) as AsyncIterable<Buffer>;
  const pieces = compression === 'none' ? raw : decompressed(file, compression, raw);
  let decoder: ReturnType<typeof decoderOf> | undefined;
  for await (const piece of pieces) {
    const bom = decoder === undefined ? encodingOf(piece, encoding, file).bom : 0;
    decoder ??= decoderOf(encoding, file, 0);
    yield decoder.push(piece.subarray(bom));
  }
  decoder?.finish();
}
