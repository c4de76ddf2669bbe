import type {
  CsvOptions,
  FormatOptions,
  JsonOptions,
  OrcOptions,
  ParquetOptions,
  TextCompression,
} from '../../workflows/contract/formats.ts';
import {
  DELIMITERS,
  ENCODINGS,
  JSON_LAYOUTS,
  ORC_COMPRESSIONS,
  PARQUET_COMPRESSIONS,
  TEXT_COMPRESSIONS,
} from './format-spellings.ts';
import type { S3Block } from './schema/side.ts';
import { canonicalOf } from './spellings.ts';
import type { Spellings } from './spellings.ts';

const FORMAT_OF_EXTENSION: Spellings<'csv' | 'json'> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
};
const COMPRESSION_OF_EXTENSION: Spellings<TextCompression> = { gz: 'gzip', zst: 'zstd' };

/** The options of the formats in one spelling, with what the key's extension says; undefined when there are none. */
export function formatOptions(
  side: 'source' | 'destination',
  block: S3Block,
  key: string,
): FormatOptions | undefined {
  const byKey = optionsOfKey(side, block.dataFormat?.toLowerCase(), key);
  const { csv = {}, json = {}, parquet = {}, orc = {} } = block;
  return defined<FormatOptions>({
    csv: defined<CsvOptions>(byKey.csv, {
      ...csv,
      delimiter: delimiterOf(csv.delimiter),
      encoding: meant(ENCODINGS, csv.encoding),
      compression: meant(TEXT_COMPRESSIONS, csv.compression),
    }),
    json: defined<JsonOptions>(byKey.json, {
      layout: meant(JSON_LAYOUTS, json.layout),
      compression: meant(TEXT_COMPRESSIONS, json.compression),
    }),
    parquet: defined<Omit<ParquetOptions, 'encryption'>>({
      compression: meant(PARQUET_COMPRESSIONS, parquet.compression),
    }),
    orc: defined<OrcOptions>({ compression: meant(ORC_COMPRESSIONS, orc.compression) }),
  });
}

/** Blocks of formats that the data is not in. */
export function blocksOfOthers(block: S3Block): string[] {
  const format = block.dataFormat?.toLowerCase();
  if (format === undefined) return [];
  return (['csv', 'json', 'parquet', 'orc'] as const).filter(
    (name) => name !== format && block[name] !== undefined,
  );
}

/** A key like `payments.tsv` says what its data is like; `payments.csv.gz` of a destination what it shall be. */
function optionsOfKey(
  side: 'source' | 'destination',
  dataFormat: string | undefined,
  key: string,
): { csv?: Fields<CsvOptions>; json?: Fields<JsonOptions> } {
  const [, compressed] = /\.(gz|zst)$/i.exec(key) ?? [];
  const plain = compressed === undefined ? key : key.slice(0, -1 - compressed.length);
  const [, extension = ''] = /\.([^./]+)$/.exec(plain) ?? [];
  const format = dataFormat ?? canonicalOf(FORMAT_OF_EXTENSION, extension);
  const compression = side === 'destination' ? meant(COMPRESSION_OF_EXTENSION, compressed) : undefined;
  const delimiter = extension.toLowerCase() === 'tsv' ? '\t' : undefined;
  if (format === 'csv') return { csv: { delimiter, compression } };
  return format === 'json' ? { json: { compression } } : {};
}

function delimiterOf(spelling: string | undefined): string | undefined {
  return meant(DELIMITERS, spelling) ?? spelling;
}

function meant<Canonical extends string>(
  spellings: Spellings<Canonical>,
  spelling: string | undefined,
): Canonical | undefined {
  return spelling === undefined ? undefined : canonicalOf(spellings, spelling);
}

type Fields<Options> = { [Name in keyof Options]: Options[Name] | undefined };

/** The fields that are set, later ones before earlier ones; undefined when there are none. */
function defined<Options>(...parts: (Fields<Options> | undefined)[]): Options | undefined {
  const fields = parts
    .flatMap((part) => Object.entries(part ?? {}))
    .filter(([, value]) => value !== undefined);
  return fields.length === 0 ? undefined : (Object.fromEntries(fields) as Options);
}
