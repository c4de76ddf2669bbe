import { open } from 'node:fs/promises';
import type { RangeReader, WrittenChunk } from '../format.ts';
import { describe } from './read/describe.ts';
import { fetch } from './read/fetch.ts';

/** What a result file holds, through the reader of sources. */
export async function readBack(file: string, { directory, engine }: WrittenChunk): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const reader: RangeReader = {
      location: 'the result',
      size,
      read: async (start, end) =>
        handle.createReadStream({ start, end: end - 1, autoClose: false }) as AsyncIterable<Buffer>,
    };
    const described = await describe(reader, {
      chunkBytes: Number.MAX_SAFE_INTEGER,
      maxChunks: 1,
      hints: {},
      options: {},
      rowNumbers: false,
      engine,
      directory,
    });
    return (await fetch(reader, { location: reader.location, ...described }, 0, directory)).relation;
  } finally {
    await handle.close();
  }
}
