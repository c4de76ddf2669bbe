import type { SecretReference } from './secret.ts';

/** By format; a block says nothing about data in other formats. */
export interface FormatOptions {
  csv?: CsvOptions;
  json?: JsonOptions;
  parquet?: ParquetOptions;
  orc?: OrcOptions;
}

export interface CsvOptions {
  /** Whether the first record names the columns; true when absent. Without: column0, column1, ... */
  header?: boolean;
  /** One character; a comma when absent. */
  delimiter?: string;
  /** One character, or empty for none; `"` when absent. */
  quote?: string;
  /** One character; the quote itself (doubled) when absent. */
  escape?: string;
  /** UTF-8 when absent; a byte order mark at the begin of a source tells UTF-8 and UTF-16, too. */
  encoding?: 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'ISO-8859-1';
  /** Unquoted text that stands for NULL; empty when absent. */
  nullValue?: string;
  /**
   * Of the object as a whole; a source tells it by its first bytes when absent, a destination has none (the operator
   * sets what the key's extension says).
   */
  compression?: TextCompression;
}

export interface JsonOptions {
  /** One value a line, or one array of all; a source tells it by its first bytes when absent, a destination has lines. */
  layout?: 'lines' | 'array';
  compression?: TextCompression;
}

export type TextCompression = 'none' | 'gzip' | 'zstd';

export interface ParquetOptions {
  /** Of a destination; zstd when absent. */
  compression?: 'none' | 'snappy' | 'gzip' | 'zstd' | 'lz4_raw' | 'brotli';
  /** Also of a source. */
  encryption?: ParquetEncryption;
}

/** Of a Parquet file. Never the keys. */
export interface ParquetEncryption {
  /** Where `footerKey` is, the key of the footer and of all columns without a key of their own. */
  secret: SecretReference;
  /** Written into the file for readers. */
  footerKeyId?: string;
  columnKeys?: {
    columns: string[];
    keyId?: string;
    /** Where `key` is. */
    secret: SecretReference;
  }[];
}

/** Of a destination. */
export interface OrcOptions {
  /** zstd when absent. */
  compression?: 'none' | 'zlib' | 'zstd';
}
