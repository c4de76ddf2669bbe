import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { ChunkSource } from '../format.ts';
import { CHUNK_FILE } from './fetch.ts';
import { parseReading } from './reading.ts';
import { Scanner } from './scanner.ts';

/** The line on which row `row` (from 1) of a fetched chunk begins, for messages. */
export async function lineOfRow(
  source: ChunkSource,
  index: number,
  row: number,
  directory: string,
): Promise<string> {
  const { dialect, lines } = parseReading(source.reading);
  const scanner = new Scanner(source.columns.length, { dialect });
  let line = 0;
  let before = 0;
  scanner.target = 0;
  scanner.onRecord = () => {
    if (line === 0 && scanner.records === row) line = before + 1;
    before = scanner.lines;
  };
  for await (const piece of createReadStream(join(directory, CHUNK_FILE))) {
    scanner.push(piece as Buffer);
    if (line > 0) break;
  }
  if (line === 0) scanner.finish();
  const first = lines[index];
  return first === undefined ? `line ${line} of chunk ${index}` : `line ${first + line - 1}`;
}
