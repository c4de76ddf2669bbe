import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../engine/engine.ts';
import { TransferError } from '../../failures.ts';
import { chunkShare, cutSizes } from '../columnar/cuts.ts';
import type { Column, DescribeOptions, RangeReader, SourceDescription } from '../format.ts';
import { conversionsOf } from './conversions.ts';
import { footerBytes, guarded, MAGIC, readFooter } from './footer.ts';
import {
  columnSpans,
  compressions,
  createdBy,
  rowGroups,
  rowsOf,
  topLevelColumns,
  totalRows,
  uncompressedBytes,
  withRowGroups,
} from './metadata.ts';
import { openFile } from './open-file.ts';
import type { Reading } from './reading.ts';
import type { Struct } from './thrift.ts';

const SCHEMA_FILE = 'schema.parquet';

/** Columns, row count and cuts (row groups) of a Parquet object, from its footer alone. */
export async function describe(reader: RangeReader, options: DescribeOptions): Promise<SourceDescription> {
  const { location } = reader;
  const footer = await readFooter(reader);
  const { file, pages } = openFile(footer, location, options.secrets);
  const reading: Reading = {
    footerStart: footer.start,
    footerBytes: footer.raw.length,
    digest: footer.digest,
    sealed: footer.sealed,
  };
  const facts = guarded(location, () => ({
    ...chunksOf(file, options),
    rows: totalRows(file),
    conversions: conversionsOf(file),
    details: {
      compression: compressions(file).join(', ') || 'none',
      rowGroups: String(rowGroups(file).length),
      createdBy: createdBy(file) ?? 'unknown',
      ...(pages === undefined ? {} : { encryption: pages.algorithm.name }),
    },
  }));
  return { columns: await columnsOf(file, location, options), ...facts, reading };
}

function chunksOf(
  file: Struct,
  { chunkBytes, maxChunks, rowNumbers }: DescribeOptions,
): Pick<SourceDescription, 'cuts' | 'firstRows'> {
  const groups = rowGroups(file);
  const shares = groups.map((group) => {
    const stored = columnSpans(group).reduce((sum, { start, end }) => sum + end - start, 0);
    return chunkShare(stored, uncompressedBytes(group));
  });
  const cuts = cutSizes(shares, chunkBytes, maxChunks);
  if (!rowNumbers) return { cuts };
  const before = [0];
  for (const group of groups) before.push(before.at(-1)! + rowsOf(group));
  return { cuts, firstRows: cuts.slice(0, -1).map((group) => before[group]!) };
}

/** The engine's types for the schema: it reads a file with the same schema and no rows. */
async function columnsOf(file: Struct, location: string, options: DescribeOptions): Promise<Column[]> {
  const named = guarded(location, () => topLevelColumns(file));
  const path = join(options.directory, SCHEMA_FILE);
  await writeFile(path, Buffer.concat([MAGIC, footerBytes(withRowGroups(file, []))]));
  let typed: { name: string; type: string }[];
  try {
    typed = await options.engine.columns(`SELECT * FROM read_parquet(${literal(path)})`);
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]?.replaceAll(path, location);
    throw new TransferError('Unsupported', `the schema of ${location} cannot be read: ${why}`, {
      cause: error,
    });
  }
  return named.map(({ name, nullable }, index) => {
    const column = typed[index];
    if (column?.name !== name) {
      throw new TransferError(
        'Unsupported',
        `${location}: column ${index + 1} (${JSON.stringify(name)}) has the name of another column, upper and lower case being the same; names must be distinct`,
      );
    }
    return { name, type: column.type, nullable };
  });
}
