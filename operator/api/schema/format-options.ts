import { z } from 'zod';
import { csvProblems } from '../checks/csv.ts';
import {
  ENCODINGS,
  JSON_LAYOUTS,
  ORC_COMPRESSIONS,
  PARQUET_COMPRESSIONS,
  TEXT_COMPRESSIONS,
} from '../format-spellings.ts';
import { block } from './block.ts';
import { parquetEncryption } from './parquet-encryption.ts';
import { spelled } from './spelled.ts';

const textCompression = spelled(
  TEXT_COMPRESSIONS,
  'Compression of the object: none, gzip or zstd. Absent: a source tells it by its first bytes, a destination by the extension of its key (.gz, .zst), else none.',
);

const csv = block({
  header: z
    .boolean()
    .optional()
    .describe(
      'Whether the first line holds the names of the columns; without, they are column0, column1, ... Default: true.',
    ),
  delimiter: z
    .string()
    .max(3)
    .optional()
    .describe(
      'Character between values: one ASCII character, a tab also as \\t. Default: a tab for keys with extension .tsv, else a comma.',
    ),
  quote: z
    .string()
    .max(1)
    .optional()
    .describe('Character around values: one ASCII character, or empty for none. Default: ".'),
  escape: z
    .string()
    .max(1)
    .optional()
    .describe(
      'Character before a quote, or itself, within quotes: one ASCII character. Default: the quote, which is doubled.',
    ),
  nullValue: z
    .string()
    .max(64)
    .optional()
    .describe(
      'What stands for NULL where it is not quoted: up to 64 printable ASCII characters. Default: nothing at all.',
    ),
  encoding: spelled(
    ENCODINGS,
    'Encoding of the text: UTF-8, UTF-16, UTF-16LE, UTF-16BE or ISO-8859-1. A byte order mark at the begin of a source tells UTF-8 and UTF-16. Default: UTF-8.',
  ),
  compression: textCompression,
})
  .superRefine((value, context) => {
    for (const { field, message } of csvProblems(value))
      context.addIssue({ code: 'custom', path: [field], message });
  })
  .optional()
  .describe('How CSV data is spelled.');

const json = block({
  layout: spelled(
    JSON_LAYOUTS,
    'lines: one value a line; array: one array of all values. Absent: a source tells it by its first bytes, a destination has lines.',
  ),
  compression: textCompression,
})
  .optional()
  .describe('How JSON data is spelled.');

const parquet = block({
  compression: spelled(
    PARQUET_COMPRESSIONS,
    'Compression of what is written: none, snappy, gzip, zstd, lz4_raw or brotli; for destinations only. Default: zstd.',
  ),
  encryption: parquetEncryption,
})
  .optional()
  .describe('How Parquet data is written, and the keys of encrypted files.');

const orc = block({
  compression: spelled(
    ORC_COMPRESSIONS,
    'Compression of what is written: none, zlib or zstd; for destinations only. Default: zstd.',
  ),
})
  .optional()
  .describe('How ORC data is written.');

/** Blocks of a store that holds files, by format. A block says nothing about data in other formats. */
export const formatBlocks = { csv, json, parquet, orc };
