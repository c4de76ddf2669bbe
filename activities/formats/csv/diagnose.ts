import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { TransferError } from '../../failures.ts';
import type { ChunkSource } from '../format.ts';
import { CHUNK_FILE } from './fetch.ts';
import { parseReading } from './reading.ts';

const NEWLINE = 0x0a;

/**
 * What the scanner does not judge and the engine refuses: text that is not UTF-8. Resolves with undefined
 * when the chunk is UTF-8.
 */
export async function diagnose(
  source: ChunkSource,
  index: number,
  directory: string,
): Promise<TransferError | undefined> {
  const line = await firstLineNotUtf8(join(directory, CHUNK_FILE));
  if (line === undefined) return undefined;
  const firstLine = parseReading(source.reading).lines[index];
  const place = firstLine === undefined ? `chunk ${index} line ${line}` : `line ${firstLine + line - 1}`;
  return new TransferError(
    'MalformedData',
    `${source.location} ${place}: not valid UTF-8; save the file as UTF-8, or name its encoding in csv.encoding`,
  );
}

async function firstLineNotUtf8(file: string): Promise<number | undefined> {
  let line = 1;
  let rest = Buffer.alloc(0);
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = Buffer.concat([rest, piece as Buffer]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = bytes.subarray(0, end);
    if (!isUtf8(lines)) return line + badLine(lines);
    line += newlines(lines);
    rest = Buffer.from(bytes.subarray(end));
  }
  return isUtf8(rest) ? undefined : line;
}

/** Index of the first line that is not UTF-8. No character's encoding holds a newline byte. */
function badLine(lines: Buffer): number {
  let index = 0;
  for (let start = 0; start < lines.length; index++) {
    const end = lines.indexOf(NEWLINE, start) + 1;
    if (!isUtf8(lines.subarray(start, end))) break;
    start = end;
  }
  return index;
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
