import type { ParquetOptions } from '../../../workflows/contract/formats.ts';
import { identifier } from '../../engine/engine.ts';
import type { Format } from '../format.ts';
import { describe } from './describe.ts';
import { diagnose } from './diagnose.ts';
import { encode, readBack } from './encode.ts';
import { fetch } from './fetch.ts';
import { parquetType } from './parquet-type.ts';
import { epilogue, layout, rowsInEpilogue, rowsInTrailer } from './stitch.ts';

const COMPRESSIONS: Record<NonNullable<ParquetOptions['compression']>, string> = {
  none: 'COMPRESSION uncompressed',
  snappy: 'COMPRESSION snappy',
  gzip: 'COMPRESSION gzip',
  // higher levels take more time than they save bytes
  zstd: 'COMPRESSION zstd, COMPRESSION_LEVEL 1',
  lz4_raw: 'COMPRESSION lz4_raw',
  brotli: 'COMPRESSION brotli',
};

/** Apache Parquet. What becomes of its types: docs/formats.md. */
export const parquet: Format = {
  name: 'parquet',
  extensions: ['parquet', 'parq'],
  text: false,
  ordered: false,
  compared: ({ name }) => identifier(name),
  describe,
  fetch,
  diagnose: (_error, source, index, directory, engine) =>
    diagnose(source, index, directory, engine, 'row group'),
  held: parquetType,
  details: ({ parquet: options }) => ({
    compression: options?.compression ?? 'zstd',
    ...(options?.encryption === undefined ? {} : { encryption: 'AES_GCM_V1' }),
  }),
  copyOptions: (_index, { parquet: options }) =>
    `FORMAT parquet, ${COMPRESSIONS[options?.compression ?? 'zstd']}, ROW_GROUP_SIZE 122880`,
  layout,
  encode: (file, directory, options, _index, secrets) => encode(file, directory, options, secrets),
  readBack: (file, _columns, written) => readBack(file, written),
  undivided: ({ parquet: options }) => options?.encryption !== undefined,
  epilogue,
  rowsInTrailer,
  rowsInEpilogue,
};
