import type { Format } from '../format.ts';
import { diagnose } from '../parquet/diagnose.ts';
import { compared } from './compared.ts';
import { readBack } from './read-back.ts';
import { describe } from './read/describe.ts';
import { fetch } from './read/fetch.ts';
import { copyOptions, encode } from './write/encode.ts';
import { orcType } from './write/orc-type.ts';
import { epilogue, layout, rowsInTrailer } from './write/join.ts';

/** Apache ORC as a source. What becomes of its types: docs/formats.md. */
export const orcSource: Pick<Format, 'name' | 'extensions' | 'text' | 'describe' | 'fetch' | 'diagnose'> = {
  name: 'orc',
  extensions: ['orc'],
  text: false,
  describe,
  fetch,
  diagnose: (_error, source, index, directory, engine) =>
    diagnose(source, index, directory, engine, 'stripe'),
};

/** Apache ORC. What becomes of types that it lacks: orcType. */
export const orc: Format = {
  ...orcSource,
  ordered: false,
  compared,
  held: orcType,
  details: ({ orc: given }) => ({ compression: given?.compression ?? 'zstd' }),
  copyOptions,
  encode,
  readBack: (file, _columns, written) => readBack(file, written),
  layout,
  epilogue,
  rowsInTrailer,
};
