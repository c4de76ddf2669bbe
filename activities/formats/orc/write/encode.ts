import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatOptions } from '../../../../workflows/contract/formats.ts';
import { schemaTree } from '../../columnar/schema.ts';
import { parseFooter, guarded } from '../../parquet/footer.ts';
import { columnSpans, rowGroups, rowsOf } from '../../parquet/metadata.ts';
import { layout as parquetLayout } from '../../parquet/stitch.ts';
import type { Span } from '../../parquet/metadata.ts';
import type { Struct } from '../../parquet/thrift.ts';
import type { Footer } from '../messages.ts';
import { CALENDAR } from '../messages.ts';
import { metadata as metadataCodec } from '../proto.ts';
import { compressionNamed } from './blocks.ts';
import { compressSection } from './byte-stream.ts';
import { columnsByLeaf } from './leaf.ts';
import { listTypes, orcColumns } from './orc-schema.ts';
import { Output } from './output.ts';
import { mergeStatistics } from './statistics.ts';
import { writeStripe } from './stripe.ts';
import type { WrittenStripe } from './stripe.ts';
import { MAGIC, tailBytes } from './tail.ts';

const RESULT_FILE = 'result.orc';
/** Not registered with ORC: readers know the codes of Java (0) to cuDF (5) and take others for compatible. */
const WRITER = 1000;
/** Of messages about the engine's file, which nobody else sees. */
const ENGINE_FILE = 'what the engine wrote';

/**
 * Options of COPY for the file that `encode` reads: Parquet that is cheap to take apart. A row group becomes a stripe. The
 * engine collects a column's distinct values until they are too many for a dictionary: a third of its default saves
 * it a tenth of the time to write.
 */
export function copyOptions(): string {
  return 'FORMAT parquet, PARQUET_VERSION V1, COMPRESSION uncompressed, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE 122880, DICTIONARY_SIZE_LIMIT 8192';
}

/**
 * Turns the Parquet file `file` into an ORC file in `directory` and removes it. The bytes depend on its rows and the
 * options only. Throws a fatal TransferError that names the column where ORC cannot hold a value.
 */
export async function encode(file: string, directory: string, options: FormatOptions): Promise<string> {
  const result = join(directory, RESULT_FILE);
  const { trailer } = await parquetLayout(file);
  const source = await open(file);
  try {
    const target = await open(result, 'w');
    try {
      await convert(source, parseFooter(trailer, ENGINE_FILE), new Output(target), options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  await rm(file);
  return result;
}

async function convert(
  source: FileHandle,
  file: Struct,
  output: Output,
  options: FormatOptions,
): Promise<void> {
  const compression = compressionNamed(options.orc?.compression);
  const columns = guarded(ENGINE_FILE, () => orcColumns(schemaTree(file)));
  const leaves = columnsByLeaf(columns);
  const stripes: WrittenStripe[] = [];
  await output.write([MAGIC]);
  const read = spanReader(source);
  for (const group of guarded(ENGINE_FILE, () => rowGroups(file))) {
    const spans = columnSpans(group);
    const readable = { rows: rowsOf(group), read: (leaf: number) => read(spans[leaf]!) };
    stripes.push(await writeStripe(readable, leaves, compression, output));
  }
  const types = listTypes(columns);
  const footer: Footer = {
    headerLength: BigInt(MAGIC.length),
    contentLength: BigInt(output.position),
    stripes: stripes.map(({ information }) => information),
    types,
    metadata: [],
    numberOfRows: stripes.reduce((sum, { rows }) => sum + BigInt(rows), 0n),
    statistics: types.map((_, id) => mergeStatistics(stripes.map(({ statistics }) => statistics[id]!))),
    rowIndexStride: 0,
    writer: WRITER,
    calendar: CALENDAR.prolepticGregorian,
  };
  const stripeStats = stripes.map(({ statistics }) => ({ colStats: statistics }));
  const metadata = Buffer.concat(compressSection(metadataCodec.encode({ stripeStats }), compression));
  await output.write([tailBytes({ compression, metadata, footer })]);
}

/** Reads spans of the file into memory that the next call uses again. */
function spanReader(source: FileHandle): (span: Span) => Promise<Buffer> {
  let memory = Buffer.alloc(0);
  return async ({ start, end }) => {
    if (end - start > memory.length) memory = Buffer.allocUnsafe(end - start);
    const { bytesRead } = await source.read(memory, 0, end - start, start);
    if (bytesRead !== end - start) throw new Error(`${ENGINE_FILE} ends too early`);
    return memory.subarray(0, end - start);
  };
}
