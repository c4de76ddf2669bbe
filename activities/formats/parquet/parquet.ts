import { identifier, literal } from '../../engine/engine.ts';
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
  compared: ({ name }) => identifier(name),
  describe,
  fetch,
  diagnose: (_error, source, index, directory, engine) => diagnose(source, index, directory, engine),
  copyOptions: () => 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880',
  layout,
  readBack: async (file) => `read_parquet(${literal(file)}, hive_partitioning = false)`,
  epilogue,
  rowsInTrailer,
  rowsInEpilogue,
};
