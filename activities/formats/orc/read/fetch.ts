import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../engine/engine.ts';
import { TransferError } from '../../../failures.ts';
import { readRange } from '../../bytes.ts';
import type { ChunkSource, FetchedChunk, RangeReader } from '../../format.ts';
import { CHUNK_FILE } from '../../parquet/fetch.ts';
import { decode, rowsOf } from './decode.ts';
import { parseFile } from './file.ts';
import type { OrcFile, StripePlace } from './file.ts';
import { Output } from './output.ts';
import { parseReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { digestOf } from './tail.ts';

/** Name of a fetched chunk in its directory, as it was read; CHUNK_FILE: as the engine reads it. */
const SOURCE_FILE = 'chunk.orc';
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
    await decode({ orc, location: reader.location, stripes, first, deltas, from }, result);
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
