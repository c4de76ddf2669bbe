import type { FormatOptions } from '../../workflows/contract.ts';
import type { Format } from '../formats/format.ts';
import type { ChunkRecord } from './ledger.ts';

/** What goes before each chunk's body; nothing before an empty one. */
export function openingsOf(
  records: readonly Pick<ChunkRecord, 'bodyBytes'>[],
  format: Format,
  options: FormatOptions,
): Buffer[] {
  const first = records.findIndex((record) => record.bodyBytes > 0);
  return records.map((record, chunk) =>
    record.bodyBytes > 0 && format.opening !== undefined
      ? format.opening(chunk === first, options)
      : Buffer.alloc(0),
  );
}

/** A body that is not empty begins with carried bytes, in formats where order matters. */
export function withOpening(record: ChunkRecord, { length }: Buffer): ChunkRecord {
  return {
    ...record,
    bodyBytes: record.bodyBytes + length,
    carriedBytes: record.carriedBytes + length,
  };
}
