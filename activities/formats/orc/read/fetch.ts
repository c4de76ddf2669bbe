import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../engine/engine.ts';
import { TransferError } from '../../../failures.ts';
import { readRange } from '../../bytes.ts';
import type { ChunkSource, FetchedChunk, RangeReader } from '../../format.ts';
import { MAGIC } from '../../parquet/footer.ts';
import type { Struct } from '../../parquet/thrift.ts';
import { guarded } from './errors.ts';
import { parseFile } from './file.ts';
import type { OrcFile, StripePlace } from './file.ts';
import { leavesOf } from './leaves.ts';
import { Output } from './output.ts';
import { parquetFooter } from './parquet-schema.ts';
import { parseReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { writeRowGroup } from './row-group.ts';
import { openStripe } from './stripe.ts';
import { digestOf } from './tail.ts';
import { timestampUnits } from './units.ts';

/** Names of a fetched chunk in its directory: as it was read, and as the engine reads it. */
const SOURCE_FILE = 'chunk.orc';
export const CHUNK_FILE = 'chunk.parquet';
/** Gaps of at most so many bytes are read over rather than asked around. */
const MAX_GAP = 1024 * 1024;

/** The last file used by this process: chunks of one object come one after the other. */
let lastFile: { digest: string; orc: OrcFile } | undefined;

/**
 * Brings the stripes of chunk `index` to the disk, usually by one ranged read, and decodes them column by
 * column into a local Parquet file, a row group for each. Throws fatal TransferErrors.
 */
export async function fetch(
  reader: RangeReader,
  source: ChunkSource,
  index: number,
  directory: string,
): Promise<FetchedChunk> {
  const { orc, bytesRead: tailRead } = await fileOf(reader, parseReading(source.reading));
  const first = source.cuts[index] ?? 0;
  const stripes = orc.stripes.slice(first, source.cuts[index + 1]);
  const local = join(directory, SOURCE_FILE);
  const result = join(directory, CHUNK_FILE);
  const from = await open(local, 'w+');
  try {
    const { deltas, bytesRead } = await download(reader, stripes, from);
    const to = await open(result, 'w');
    try {
      await decode({ orc, location: reader.location, stripes, first, deltas, from }, to);
    } finally {
      await to.close();
    }
    return {
      relation: `read_parquet(${literal(result)})`,
      rows: rowsOf(stripes),
      bytesRead: tailRead + bytesRead,
    };
  } finally {
    await from.close();
    await rm(local, { force: true });
  }
}

async function fileOf(reader: RangeReader, reading: Reading): Promise<{ orc: OrcFile; bytesRead: number }> {
  const { tailStart, tailBytes, digest } = reading;
  if (lastFile?.digest === digest) return { orc: lastFile.orc, bytesRead: 0 };
  const raw = await readRange(reader, tailStart, tailStart + tailBytes);
  if (digestOf(raw) !== digest) {
    throw new TransferError('SourceChanged', `${reader.location} has changed since the run was planned`);
  }
  const orc = parseFile({ start: tailStart, raw, digest }, reader.location);
  lastFile = { digest, orc };
  return { orc, bytesRead: raw.length };
}

/** Writes the stripes to `file`, without their indexes where these are large. `deltas`: how far each has moved. */
async function download(
  reader: RangeReader,
  stripes: readonly StripePlace[],
  file: FileHandle,
): Promise<{ deltas: number[]; bytesRead: number }> {
  const deltas: number[] = [];
  const spans: { start: number; end: number }[] = [];
  let bytesRead = 0;
  for (const { dataStart, end } of stripes) {
    const last = spans.at(-1);
    if (last === undefined || dataStart < last.end || dataStart > last.end + MAX_GAP) {
      spans.push({ start: dataStart, end });
      bytesRead += end - dataStart;
      deltas.push(bytesRead - end);
    } else {
      bytesRead += end - last.end;
      last.end = end;
      deltas.push(bytesRead - end);
    }
  }
  const output = new Output(file);
  for (const { start, end } of spans) {
    if (end > start) for await (const piece of await reader.read(start, end)) await output.append(piece);
  }
  await output.end();
  return { deltas, bytesRead };
}

interface Stripes {
  orc: OrcFile;
  location: string;
  stripes: readonly StripePlace[];
  /** Number of the first of them. */
  first: number;
  deltas: readonly number[];
  from: FileHandle;
}

async function decode(
  { orc, location, stripes, first, deltas, from }: Stripes,
  to: FileHandle,
): Promise<void> {
  const leaves = leavesOf(orc.columns);
  const units = timestampUnits(orc);
  const output = new Output(to);
  await output.append(MAGIC);
  const rowGroups: Struct[] = [];
  for (const [offset, place] of stripes.entries()) {
    if (place.rows === 0) continue;
    const index = first + offset;
    const stripe = guarded(location, `stripe ${index}`, () =>
      openStripe(from.fd, deltas[offset]!, place, orc),
    );
    rowGroups.push(await writeRowGroup({ stripe, index, location, orc, units }, leaves, output));
  }
  await output.append(parquetFooter(orc.columns, units, rowGroups, rowsOf(stripes)));
  await output.end();
}

function rowsOf(stripes: readonly StripePlace[]): number {
  return stripes.reduce((sum, { rows }) => sum + rows, 0);
}
