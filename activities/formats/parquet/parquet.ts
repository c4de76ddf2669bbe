import { literal } from '../../engine/engine.ts';
import type { Format } from '../format.ts';
import { describe } from './describe.ts';
import { diagnose } from './diagnose.ts';
import { fetch } from './fetch.ts';
import { epilogue, layout, rowsInEpilogue, rowsInTrailer } from './stitch.ts';

/** Apache Parquet. What becomes of its types: docs/formats.md. */
export const parquet: Format = {
  name: 'parquet',
  extensions: ['parquet', 'parq'],
  text: false,
  ordered: false,
  describe,
  fetch,
  diagnose: (_error, source, index, directory, engine) => diagnose(source, index, directory, engine),
  copyOptions: () => 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880',
  layout,
  readBack: (file) => ({
    relation: `read_parquet(${literal(file)}, hive_partitioning = false)`,
    as: 'values',
  }),
  epilogue,
  rowsInTrailer,
  rowsInEpilogue,
};
