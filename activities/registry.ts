import { TransferError } from './failures.ts';
import { csv } from './formats/csv/csv.ts';
import type { Format, RangeReader } from './formats/format.ts';
import { json } from './formats/json/json.ts';
import { parquet } from './formats/parquet/parquet.ts';
import { digestColumns } from './transforms/digest-columns.ts';
import { filterRows } from './transforms/filter-rows.ts';
import { redactColumns } from './transforms/redact-columns.ts';
import { removeColumns } from './transforms/remove-columns.ts';

/** Every format and every transformation, in one place. A new one is one file and one line here. */
const FORMATS: readonly Format[] = [csv, json, parquet];
export const TRANSFORMS = [removeColumns, redactColumns, digestColumns, filterRows] as const;

export function formatNamed(name: string): Format {
  const found = FORMATS.find((format) => format.name === name.toLowerCase());
  if (found === undefined)
    throw new TransferError(
      'Unsupported',
      `data format '${name}' is not supported; supported: ${FORMATS.map((format) => format.name).join(', ')}`,
    );
  return found;
}

export function formatForKey(key: string): Format | undefined {
  const extension = /\.([^./]+)(?:\.(?:gz|gzip|zst|zstd))?$/i.exec(key)?.[1]?.toLowerCase();
  return FORMATS.find((format) => extension !== undefined && format.extensions.includes(extension));
}

/** First bytes that tell JSON from CSV, which may begin with spaces, braces and brackets, too. */
const JSON_BEGIN = /^(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[{\]])/;
const BEGIN_BYTES = 256;

/** Parquet begins with its magic number, JSON with a brace and a name; everything else is taken for CSV. */
export async function formatOfContent(reader: RangeReader): Promise<Format> {
  const start: Uint8Array[] = [];
  for await (const piece of await reader.read(0, Math.min(BEGIN_BYTES, reader.size))) start.push(piece);
  const begin = Buffer.concat(start).toString('latin1');
  if (begin.startsWith('PAR1')) return parquet;
  return JSON_BEGIN.test(begin) ? json : csv;
}
