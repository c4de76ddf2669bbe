import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../engine/engine.ts';
import { TransferError } from '../../failures.ts';
import { readRange } from '../bytes.ts';
import type { ChunkSource, FetchedChunk, FormatSecrets, RangeReader } from '../format.ts';
import { decryptFile } from './encryption/decrypt-file.ts';
import type { PageKeys } from './encryption/open-footer.ts';
import { footerBytes, guarded, MAGIC } from './footer.ts';
import { columnSpans, moveRowGroup, rowGroups, rowsOf, withRowGroups } from './metadata.ts';
import type { Span } from './metadata.ts';
import { openFile } from './open-file.ts';
import { parseReading } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Struct } from './thrift.ts';

/** Name of a fetched chunk in its directory. */
export const CHUNK_FILE = 'chunk.parquet';
const ENCRYPTED_FILE = 'chunk.encrypted';
/** Gaps of at most so many bytes are read over rather than asked around. */
const MAX_GAP = 1024 * 1024;

/** The last footer used by this process: chunks of one object come one after the other. */
let lastFooter: { digest: string; file: Struct } | undefined;

/** Brings the row groups of chunk `index` into a local Parquet file of their own; usually one ranged read. */
export async function fetch(
  reader: RangeReader,
  source: ChunkSource,
  index: number,
  directory: string,
  secrets?: FormatSecrets,
): Promise<FetchedChunk> {
  const reading = parseReading(source.reading);
  const { file, pages, bytesRead: footerRead } = await footerOf(reader, reading, secrets);
  const { groups, spans, rows } = guarded(reader.location, () => {
    const chosen = rowGroups(file).slice(source.cuts[index], source.cuts[index + 1]);
    return {
      groups: chosen,
      spans: joinSpans(chosen.flatMap(columnSpans)),
      rows: chosen.reduce((sum, group) => sum + rowsOf(group), 0),
    };
  });
  const outside = spans.find(({ start, end }) => start < MAGIC.length || end > reading.footerStart);
  if (outside !== undefined) {
    throw new TransferError(
      'MalformedData',
      `the Parquet footer of ${reader.location} is corrupt: it places data at bytes ${outside.start} to ${outside.end}, outside of the ${reading.footerStart} bytes before it`,
    );
  }
  const path = join(directory, CHUNK_FILE);
  const copied = pages === undefined ? path : join(directory, ENCRYPTED_FILE);
  let local = file;
  const bytesRead = await copySpans(reader, spans, copied, (delta) =>
    guarded(reader.location, () => {
      const moved = groups.map((group) => moveRowGroup(group, delta));
      local = withRowGroups(file, moved);
      return footerBytes(local);
    }),
  );
  if (pages !== undefined) {
    await decryptFile({ from: copied, to: path }, local, source.cuts[index]!, pages, reader.location);
    await rm(copied);
  }
  return { relation: `read_parquet(${literal(path)})`, rows, bytesRead: footerRead + bytesRead };
}

async function footerOf(
  reader: RangeReader,
  reading: Reading,
  secrets: FormatSecrets | undefined,
): Promise<{ file: Struct; pages?: PageKeys; bytesRead: number }> {
  if (lastFooter?.digest === reading.digest) return { file: lastFooter.file, bytesRead: 0 };
  const { footerStart, digest, sealed } = reading;
  const raw = await readRange(reader, footerStart, footerStart + reading.footerBytes);
  if (createHash('sha256').update(raw).digest('hex') !== digest) {
    throw new TransferError('SourceChanged', `${reader.location} has changed since the run was planned`);
  }
  const opened = openFile({ raw, sealed }, reader.location, secrets);
  // what was encrypted is not kept: the next chunk may be somebody else's
  if (opened.pages === undefined) lastFooter = { digest, file: opened.file };
  return { ...opened, bytesRead: raw.length };
}

/** Sorted, with overlaps and small gaps closed. */
function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && span.start <= last.end + MAX_GAP) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined;
}

/** Writes magic, the spans one after the other, and the footer for where they have come to lie. */
async function copySpans(
  reader: RangeReader,
  spans: readonly Span[],
  path: string,
  footer: (delta: (offset: number) => number) => Buffer,
): Promise<number> {
  const places: { span: Span; delta: number }[] = [];
  let position = MAGIC.length;
  const handle = await open(path, 'w');
  try {
    await handle.appendFile(MAGIC);
    for (const span of spans) {
      places.push({ span, delta: position - span.start });
      for await (const piece of await reader.read(span.start, span.end)) await handle.appendFile(piece);
      position += span.end - span.start;
    }
    const delta = (offset: number) =>
      places.find(({ span }) => offset >= span.start && offset < span.end)?.delta ?? -offset;
    await handle.appendFile(footer(delta));
  } finally {
    await handle.close();
  }
  return position - MAGIC.length;
}
