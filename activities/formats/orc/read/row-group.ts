import type { Scratch } from '../../columnar/scratch.ts';
import { TYPE } from '../../parquet/thrift.ts';
import type { Struct } from '../../parquet/thrift.ts';
import { openColumn } from './column.ts';
import type { Column } from './column.ts';
import { forPeople, OrcLimit } from './errors.ts';
import type { OrcFile } from './file.ts';
import type { Leaf } from './leaves.ts';
import { maxDefinition, maxRepetition, readLevels } from './levels.ts';
import type { Levels } from './levels.ts';
import type { Output } from './output.ts';
import { dataPage, dictionaryPage, PAGE_ENCODING, struct } from './parquet-pages.ts';
import { physicalType } from './parquet-schema.ts';
import type { TimestampUnits } from './parquet-schema.ts';
import type { Stripe } from './stripe.ts';

/** Entries decoded at once, about: rows, or elements of lists. */
const BATCH = 64 * 1024;
/** Rows of lists decoded at once, at first and at most: the next lists may be much longer. */
const LIST_ROWS = { first: 64, most: 4096 };
/** Of one stripe, decoded: bounds scratch, which highly compressed data could fill otherwise. */
const MAX_STRIPE = 4 * 1024 * 1024 * 1024;

export interface StripeContext {
  stripe: Stripe;
  /** For messages: its number, and the object it is of. */
  index: number;
  location: string;
  orc: OrcFile;
  units: TimestampUnits;
}

/** Appends one stripe as a row group, column by column, and returns its metadata. Throws fatal TransferErrors. */
export async function writeRowGroup(
  context: StripeContext,
  leaves: readonly Leaf[],
  output: Output,
): Promise<Struct> {
  const { stripe, index, location } = context;
  const start = output.position;
  const chunks: Struct[] = [];
  for (const leaf of leaves) {
    try {
      chunks.push(await writeColumn(leaf, context, output, start + MAX_STRIPE));
    } catch (error) {
      throw forPeople(error, location, `stripe ${index}, column ${JSON.stringify(leaf.type.path)}`);
    }
  }
  return struct(
    [1, TYPE.list, { of: TYPE.struct, items: chunks }],
    [2, TYPE.i64, BigInt(output.position - start)],
    [3, TYPE.i64, BigInt(stripe.rows)],
  );
}

async function writeColumn(leaf: Leaf, context: StripeContext, output: Output, end: number): Promise<Struct> {
  const { stripe, orc, units } = context;
  const column = openColumn(leaf, stripe, orc, units(leaf.type.id));
  const append = async (parts: Uint8Array[]): Promise<void> => {
    await output.append(...parts);
    if (output.position > end) {
      throw new OrcLimit(`the stripe decodes to more than ${MAX_STRIPE} bytes; write smaller stripes`);
    }
  };
  const start = output.position;
  if (column.dictionary !== undefined) {
    await append(dictionaryPage(column.dictionary.size, column.dictionary.bytes));
  }
  const dataStart = output.position;
  let entries = 0;
  for (const page of pagesOf(column, stripe.rows, stripe.memory.take())) {
    await append(page.parts);
    entries += page.entries;
  }
  return struct(
    [2, TYPE.i64, BigInt(start)],
    [3, TYPE.struct, columnMetadata(leaf, column, { start, dataStart, end: output.position, entries })],
  );
}

function* pagesOf(
  column: Column,
  rows: number,
  memory: Scratch,
): Generator<{ parts: Uint8Array[]; entries: number }> {
  const { steps, values } = column;
  const page = {
    maxDefinition: maxDefinition(steps),
    maxRepetition: maxRepetition(steps),
    encoding: column.dictionary === undefined ? PAGE_ENCODING.plain : PAGE_ENCODING.dictionary,
  };
  const lists = page.maxRepetition > 0;
  let batch = lists ? LIST_ROWS.first : BATCH;
  for (let row = 0; row < rows;) {
    const taken = Math.min(batch, rows - row);
    const levels = readLevels(steps, taken, memory);
    row += taken;
    let from = 0;
    for (let left = levels.values, first = true; first || left > 0; first = false) {
      const { count, bytes } = values(left);
      left -= count;
      const to = left === 0 ? levels.count : endOfValues(levels, from, count, page.maxDefinition);
      yield { parts: dataPage(levels, from, to, page, bytes), entries: to - from };
      from = to;
    }
    const fitting = Math.floor((taken * BATCH) / Math.max(levels.count, 1));
    if (lists) batch = Math.max(1, Math.min(fitting, 4 * batch, LIST_ROWS.most));
  }
}

/** The first entry behind `count` values from `from` on. */
function endOfValues({ definition }: Levels, from: number, count: number, max: number): number {
  let left = count;
  let to = from;
  while (left > 0) if (definition[to++] === max) left--;
  return to;
}

function columnMetadata(
  leaf: Leaf,
  column: Column,
  place: { start: number; dataStart: number; end: number; entries: number },
): Struct {
  const { start, dataStart, end, entries } = place;
  const bytes = BigInt(end - start);
  const encodings = [
    PAGE_ENCODING.rle,
    PAGE_ENCODING.plain,
    ...(column.dictionary === undefined ? [] : [PAGE_ENCODING.dictionary]),
  ];
  const metadata = struct(
    [1, TYPE.i32, physicalType(leaf.type).type],
    [2, TYPE.list, { of: TYPE.i32, items: encodings }],
    [3, TYPE.list, { of: TYPE.binary, items: leaf.pathInSchema.map((name) => Buffer.from(name)) }],
    // not compressed
    [4, TYPE.i32, 0],
    [5, TYPE.i64, BigInt(entries)],
    [6, TYPE.i64, bytes],
    [7, TYPE.i64, bytes],
    [9, TYPE.i64, BigInt(dataStart)],
  );
  if (column.dictionary !== undefined) metadata.set(11, { type: TYPE.i64, value: BigInt(start) });
  return metadata;
}
