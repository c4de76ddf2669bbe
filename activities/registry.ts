import { TransferError } from './failures.ts';
import { csv } from './formats/csv/csv.ts';
import type { Format, RangeReader } from './formats/format.ts';
import { json } from './formats/json/json.ts';
import { orc } from './formats/orc/orc.ts';
import { parquet } from './formats/parquet/parquet.ts';

/** Every format. A new one is one file and one line here. */
const FORMATS: readonly Format[] = [csv, json, orc, parquet];

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
  const [, extension, compressed] = /\.([^./]+)(\.gz|\.gzip|\.zst|\.zstd)?$/i.exec(key) ?? [];
  return FORMATS.find(
    (format) =>
      format.extensions.includes(extension?.toLowerCase() ?? '') &&
      (format === csv || format === json || compressed === undefined),
  );
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
  if (begin.startsWith('ORC')) return orc;
  return JSON_BEGIN.test(begin) ? json : csv;
}
