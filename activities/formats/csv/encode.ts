import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CsvOptions } from '../../../workflows/contract/formats.ts';
import { TransferError } from '../../failures.ts';
import { compressor } from '../compression.ts';
import { withoutBlankLines } from './blank-lines.ts';
import { engineDialect, hasHeader } from './copy-options.ts';
import { dialectOf } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { encoded } from './encoded.ts';
import { placeOf, Unwritable } from './place.ts';
import { unquoted } from './unquoted.ts';

const PIECE = 256 * 1024;

/**
 * The result file in the encoding and compression of the options, as what the engine wrote cannot be; that file
 * itself where nothing is to be done. InvalidOption names the first value that the options cannot spell.
 */
export async function encode(
  file: string,
  directory: string,
  options: CsvOptions,
  index: number,
): Promise<string> {
  const { encoding = 'UTF-8', compression = 'none' } = options;
  const engine = engineDialect(options);
  const dialect = dialectOf(options);
  const spelled = dialect.quote !== '' && dialect.nullValue === '';
  if (encoding === 'UTF-8' && compression === 'none' && spelled) return file;

  type Text = AsyncIterable<Buffer>;
  const explain = (step: Text, input: () => Text, inputDialect: Dialect): Text =>
    explained(step, input, inputDialect, hasHeader(options, index), index);
  const written = (): Text => createReadStream(file, { highWaterMark: PIECE });
  const quoted = (): Text =>
    dialect.quote === '' ? explain(unquoted(written(), engine), written, engine) : written();
  const text = (): Text =>
    dialect.nullValue === '' ? quoted() : explain(withoutBlankLines(quoted(), dialect), quoted, dialect);
  const bytes =
    encoding === 'UTF-8' ? text() : explain(encoded(text(), encoding, index === 0), text, dialect);
  const result = join(directory, 'encoded');
  const steps = compression === 'none' ? [] : [compressor(compression)];
  await pipeline([Readable.from(bytes, { objectMode: false }), ...steps, createWriteStream(result)]);
  return result;
}

/** The output of a step; what it cannot write is named by its place in the step's input. */
async function* explained(
  step: AsyncIterable<Buffer>,
  input: () => AsyncIterable<Buffer>,
  dialect: Dialect,
  header: boolean,
  chunk: number,
): AsyncGenerator<Buffer> {
  try {
    yield* step;
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    const { record, field } = await placeOf(input(), error.offset, dialect);
    const row = header ? record - 1 : record;
    throw new TransferError(
      'InvalidOption',
      `${error.message} (${row === 0 ? 'header' : `row ${row}`} of chunk ${chunk}, column ${field})`,
    );
  }
}
