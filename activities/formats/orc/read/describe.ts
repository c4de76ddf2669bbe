import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../engine/engine.ts';
import { TransferError } from '../../../failures.ts';
import type { Column, DescribeOptions, RangeReader, SourceDescription } from '../../format.ts';
import { MAGIC } from '../../parquet/footer.ts';
import { KIND } from '../messages.ts';
import type { Footer } from '../messages.ts';
import { cutStripes, firstRows } from './cuts.ts';
import { parseFile } from './file.ts';
import { parquetFooter } from './parquet-schema.ts';
import type { TimestampUnits } from './parquet-schema.ts';
import type { Reading } from './reading.ts';
import { readTail } from './tail.ts';
import { withNested } from './types.ts';
import type { OrcType } from './types.ts';
import { timestampUnits } from './units.ts';

const SCHEMA_FILE = 'schema.parquet';
const WRITERS = ['ORC Java', 'ORC C++', 'Presto', 'Go', 'Trino', 'cuDF'];

/** Columns, row count and cuts (stripes) of an ORC object, from its footer alone. */
export async function describe(reader: RangeReader, options: DescribeOptions): Promise<SourceDescription> {
  const { location } = reader;
  const tail = await readTail(reader);
  const orc = parseFile(tail, location);
  const units = timestampUnits(orc);
  const cuts = cutStripes(orc, options.chunkBytes, options.maxChunks);
  const reading: Reading = { tailStart: tail.start, tailBytes: tail.raw.length, digest: tail.digest };
  return {
    columns: await engineColumns(orc.columns, units, location, options),
    rows: orc.rows,
    cuts,
    firstRows: firstRows(orc, cuts),
    conversions: withNested(orc.columns).flatMap((type) => conversionOf(type, units, orc.footer)),
    reading,
    details: {
      compression: orc.compression.name,
      stripes: String(orc.stripes.length),
      createdBy: createdBy(orc.footer),
    },
  };
}

function conversionOf(type: OrcType, units: TimestampUnits, footer: Footer): string[] {
  const { id, kind, path, precision, scale } = type;
  const { maximumLength, precision: told } = footer.types[id]!;
  if (isTimestamp(kind) && units(id) === 'micros') {
    const zone = kind === KIND.timestampInstant ? ', UTC' : '';
    return [`${path}: timestamp[ns${zone}] -> timestamp[us${zone}]`];
  }
  if (kind === KIND.char || kind === KIND.varchar) {
    return [`${path}: ${kind === KIND.char ? 'char' : 'varchar'}(${maximumLength ?? 0}) -> utf8`];
  }
  if (kind === KIND.decimal && (told ?? 0) === 0) {
    return [`${path}: decimal -> decimal128(${precision}, ${scale})`];
  }
  return [];
}

function isTimestamp(kind: number): boolean {
  return kind === KIND.timestamp || kind === KIND.timestampInstant;
}

function createdBy({ writer = 0, softwareVersion }: Footer): string {
  const name = WRITERS[writer] ?? `writer ${writer}`;
  return softwareVersion === undefined ? name : `${name} ${softwareVersion}`;
}

/** The engine's types: it reads a Parquet file with the same schema and no rows. */
async function engineColumns(
  columns: readonly OrcType[],
  units: TimestampUnits,
  location: string,
  options: DescribeOptions,
): Promise<Column[]> {
  const path = join(options.directory, SCHEMA_FILE);
  await writeFile(path, Buffer.concat([MAGIC, parquetFooter(columns, units, [], 0)]));
  let typed: { name: string; type: string }[];
  try {
    typed = await options.engine.columns(`SELECT * FROM read_parquet(${literal(path)})`);
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]?.replaceAll(path, location);
    throw new TransferError('Unsupported', `the schema of ${location} cannot be read: ${why}`, {
      cause: error,
    });
  }
  return columns.map(({ name }, index) => {
    const column = typed[index];
    if (column?.name !== name) {
      throw new TransferError(
        'Unsupported',
        `${location}: column ${index + 1} (${JSON.stringify(name)}) has the name of another column, upper and lower case being the same; names must be distinct`,
      );
    }
    return { name, type: column.type, nullable: true };
  });
}
