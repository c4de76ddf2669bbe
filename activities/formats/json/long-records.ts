import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TransferError } from '../../failures.ts';
import { LONGEST_WRITTEN } from './parser.ts';

const NEWLINE = 0x0a;
const PIECE = 1024 * 1024;

/**
 * The engine writes a record on every line. It could not read back one that is longer than its buffer, which says nothing
 * about what was written.
 * @throws TransferError Unsupported
 */
export async function refuseLongRecords(file: string): Promise<void> {
  const { size } = await stat(file);
  if (size <= LONGEST_WRITTEN) return;
  let length = 0;
  for await (const piece of createReadStream(file, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(NEWLINE, start);
      length += (end < 0 ? piece.length : end) - start;
      if (length > LONGEST_WRITTEN) throw tooLong();
      if (end < 0) break;
      length = 0;
      start = end + 1;
    }
  }
}

const tooLong = (): TransferError =>
  new TransferError(
    'Unsupported',
    `spec.destination.s3: a record takes more than ${LONGEST_WRITTEN} bytes as JSON, which is the most that is supported; write Parquet, or remove the columns with the long values`,
  );
