import type {
  CsvOptions,
  JsonOptions,
  OrcOptions,
  ParquetOptions,
  TextCompression,
} from '../../workflows/contract/formats.ts';
import type { Spellings } from './spellings.ts';

export const ENCODINGS: Spellings<NonNullable<CsvOptions['encoding']>> = {
  'utf-8': 'UTF-8',
  utf8: 'UTF-8',
  // the byte order mark of a source decides; without one, and for a destination, little-endian
  'utf-16': 'UTF-16LE',
  utf16: 'UTF-16LE',
  'utf-16le': 'UTF-16LE',
  utf16le: 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
  utf16be: 'UTF-16BE',
  'iso-8859-1': 'ISO-8859-1',
  'iso8859-1': 'ISO-8859-1',
  'latin-1': 'ISO-8859-1',
  latin1: 'ISO-8859-1',
};

export const TEXT_COMPRESSIONS: Spellings<TextCompression> = {
  none: 'none',
  gzip: 'gzip',
  gz: 'gzip',
  zstd: 'zstd',
  zst: 'zstd',
};

export const JSON_LAYOUTS: Spellings<NonNullable<JsonOptions['layout']>> = { lines: 'lines', array: 'array' };

export const PARQUET_COMPRESSIONS: Spellings<NonNullable<ParquetOptions['compression']>> = {
  none: 'none',
  uncompressed: 'none',
  snappy: 'snappy',
  gzip: 'gzip',
  zstd: 'zstd',
  lz4_raw: 'lz4_raw',
  lz4: 'lz4_raw',
  brotli: 'brotli',
};

export const ORC_COMPRESSIONS: Spellings<NonNullable<OrcOptions['compression']>> = {
  none: 'none',
  zlib: 'zlib',
  zstd: 'zstd',
};

/** A delimiter that cannot be seen may be spelled out. */
export const DELIMITERS: Spellings = { '\\t': '\t', tab: '\t' };
