import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../engine/engine.ts';
import type { RangeReader, WrittenChunk } from '../format.ts';
import { CHUNK_FILE } from '../parquet/fetch.ts';
import { decode } from './read/decode.ts';
import { parseFile } from './read/file.ts';
import { readTail } from './read/tail.ts';

/** What a result file holds, by the decoders of sources; in place, for it is a local file already. */
export async function readBack(file: string, { directory }: WrittenChunk): Promise<string> {
  const path = join(directory, CHUNK_FILE);
  const from = await open(file);
  try {
    const { size } = await from.stat();
    const reader: RangeReader = {
      location: 'the result',
      size,
      read: async (start, end) =>
        from.createReadStream({ start, end: end - 1, autoClose: false }) as AsyncIterable<Buffer>,
    };
    const { location } = reader;
    const orc = parseFile(await readTail(reader), location);
    const { stripes } = orc;
    await decode({ orc, location, stripes, first: 0, from, deltas: stripes.map(() => 0) }, path);
  } finally {
    await from.close();
  }
  return `read_parquet(${literal(path)})`;
}
