import { TransferError } from '../../failures.ts';
import { evenCuts, readRange } from '../bytes.ts';
import { detectCompression, type Compression } from '../compression.ts';
import type { Column, DescribeOptions, RangeReader, SourceDescription } from '../format.ts';
import { describeWritten } from './describe-written.ts';
import type { Reading } from './reading.ts';
import { Shape, shapeFromJson, shapeSchema, shapeToJson } from './shape.ts';
import { headOf, layoutOf, sampleObject } from './sample.ts';
import { scanObject } from './scan-object.ts';
import type { Source } from './source.ts';
import { typeOf } from './types.ts';

const MAGIC_BYTES = 4;

/**
 * Columns, types and cuts of a JSON object in the store. Types come from the first MiB and three samples further on,
 * or from all of it: with `hints.exactCuts`, for row numbers, and for arrays of more than one chunk, whose
 * elements only a scan tells apart. What contradicts them later asks for a re-plan.
 */
export async function describe(reader: RangeReader, options: DescribeOptions): Promise<SourceDescription> {
  const { location, size } = reader;
  const given = options.options.json ?? {};
  if (options.written !== undefined) return describeWritten(reader, options.written, options);
  if (size === 0) throw noColumns(location, 'is empty (0 bytes)');
  const compression = await compressionOf(reader, given.compression);
  const head = await headOf({ reader, compression });
  const layout = given.layout ?? layoutOf(head.bytes);
  const { hints } = options;
  const shape = hints.seen === undefined ? new Shape() : shapeFromJson(shapeSchema.parse(hints.seen));
  const nominal =
    compression === undefined ? evenCuts(0, size, options.chunkBytes, options.maxChunks) : [0, size];
  const source: Source = { reader, layout, compression, shape };

  const one = nominal.length === 2;
  const exact = hints.exactCuts === true || (!one && (layout === 'array' || options.rowNumbers));
  let found = exact ? await scanObject(source, nominal) : await sampleObject(source, head, nominal);
  // nothing but blank lines and empty objects so far
  if (shape.fields.length === 0 && found.rows === undefined) found = await scanObject(source, nominal);
  if (shape.fields.length === 0) throw noColumns(location, 'holds no object with a field');

  const reading: Reading = {
    layout,
    ...(compression === undefined ? {} : { compression }),
    shape: shapeToJson(shape),
    corrected: hints.seen !== undefined,
  };
  return {
    columns: columnsOf(shape),
    ...found,
    ...(one && options.rowNumbers ? { firstRows: [0] } : {}),
    reading,
    details: { layout, encoding: 'UTF-8', compression: compression ?? 'none' },
  };
}

function columnsOf(shape: Shape): Column[] {
  return shape.fields.map((field) => ({ name: field.name, type: typeOf(field), nullable: true }));
}

async function compressionOf(
  reader: RangeReader,
  given: 'none' | Compression | undefined,
): Promise<Compression | undefined> {
  if (given !== undefined) return given === 'none' ? undefined : given;
  const found = detectCompression(await readRange(reader, 0, Math.min(MAGIC_BYTES, reader.size)));
  return found === 'none' ? undefined : found;
}

function noColumns(location: string, what: string): TransferError {
  return new TransferError(
    'MalformedData',
    `${location} ${what}: a JSON source needs at least one object with a field, because nothing else names its columns`,
  );
}
