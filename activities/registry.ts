import { TransferError } from './failures.ts';
import { csv } from './formats/csv/csv.ts';
import type { Format, RangeReader } from './formats/format.ts';
import { parquet } from './formats/parquet/parquet.ts';
import { digestColumns } from './transforms/digest-columns.ts';
import { encryptColumns } from './transforms/encrypt-columns.ts';
import { filterRows } from './transforms/filter-rows.ts';
import { redactColumns } from './transforms/redact-columns.ts';
import { removeColumns } from './transforms/remove-columns.ts';
import { sampleRows } from './transforms/sample-rows.ts';

/** Every format and every transformation, in one place. A new one is one file and one line here. */
const FORMATS: readonly Format[] = [csv, parquet];
export const TRANSFORMS = [
  removeColumns,
  redactColumns,
  digestColumns,
  encryptColumns,
  filterRows,
  sampleRows,
] as const;

export function formatNamed(name: string): Format {
  const found = FORMATS.find((format) => format.name === name.toLowerCase());
  if (found === undefined)
    throw new TransferError(
      'Unsupported',
      `data format '${name}' is not supported; supported: ${FORMATS.map((format) => format.name).join(', ')}`,
    );
  return found;
}

/** By the key's extension; text formats may have that of a compression behind it. */
export function formatForKey(key: string): Format | undefined {
  const [, extension, compressed] = /\.([^./]+)(\.gz|\.zst)?$/i.exec(key) ?? [];
  return FORMATS.find(
    (format) =>
      format.extensions.includes(extension?.toLowerCase() ?? '') && (format.text || compressed === undefined),
  );
}

/** Parquet begins with its magic number; everything else is taken for CSV. */
export async function formatOfContent(reader: RangeReader): Promise<Format> {
  const start: Uint8Array[] = [];
  for await (const piece of await reader.read(0, Math.min(4, reader.size))) start.push(piece);
  return Buffer.concat(start).toString('latin1') === 'PAR1' ? parquet : csv;
}
