import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Scratches } from '../../columnar/scratch.ts';
import { MAGIC } from '../../parquet/footer.ts';
import type { Struct } from '../../parquet/thrift.ts';
import { guarded } from './errors.ts';
import type { OrcFile, StripePlace } from './file.ts';
import { leavesOf } from './leaves.ts';
import { Output } from './output.ts';
import { parquetFooter } from './parquet-schema.ts';
import { writeRowGroup } from './row-group.ts';
import { openStripe } from './stripe.ts';
import { timestampUnits } from './units.ts';

/** Stripes of an object, and where they are. */
export interface LocalStripes {
  orc: OrcFile;
  /** For messages. */
  location: string;
  stripes: readonly StripePlace[];
  /** Number of the first of them. */
  first: number;
  /** A local file. */
  from: FileHandle;
  /** For each, what to add to positions in the object to find them in the file. */
  deltas: readonly number[];
}

/**
 * Decodes stripes column by column into the new Parquet file `path`, a row group for each. Throws fatal TransferErrors.
 */
export async function decode(source: LocalStripes, path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeParquet(source, new Output(file));
  } finally {
    await file.close();
  }
}

async function writeParquet(
  { orc, location, stripes, first, from, deltas }: LocalStripes,
  output: Output,
): Promise<void> {
  const leaves = leavesOf(orc.columns);
  const units = timestampUnits(orc);
  const memory = new Scratches();
  await output.append(MAGIC);
  const rowGroups: Struct[] = [];
  for (const [offset, place] of stripes.entries()) {
    if (place.rows === 0) continue;
    const index = first + offset;
    const stripe = guarded(location, `stripe ${index}`, () =>
      openStripe(from.fd, deltas[offset]!, place, orc, memory),
    );
    rowGroups.push(await writeRowGroup({ stripe, index, location, orc, units }, leaves, output));
  }
  await output.append(parquetFooter(orc.columns, units, rowGroups, rowsOf(stripes)));
  await output.end();
}

export function rowsOf(stripes: readonly StripePlace[]): number {
  return stripes.reduce((sum, { rows }) => sum + rows, 0);
}
