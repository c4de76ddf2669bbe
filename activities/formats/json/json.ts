import type { Format } from '../format.ts';
import { describe } from './describe.ts';
import { jsonType } from './json-type.ts';
import { compared, readBack } from './read-back.ts';
import { fetch } from './fetch.ts';
import { copyOptions, encode, epilogue, layout, opening } from './write.ts';

/** JSON, newline-delimited or one array. Rules of types: docs/formats.md. */
export const json: Format = {
  name: 'json',
  extensions: ['json', 'jsonl', 'ndjson'],
  // a value's type is part of JSON: what is text in another format must not come here as a string
  text: false,
  inferred: 'columns',
  ordered: true,
  compared,
  describe,
  fetch,
  // the scanner has judged all that the engine reads
  diagnose: async () => undefined,
  held: jsonType,
  details: ({ json: given }) => ({
    layout: given?.layout ?? 'lines',
    encoding: 'UTF-8',
    compression: given?.compression ?? 'none',
  }),
  copyOptions: (_index, options) => copyOptions(options),
  encode,
  readBack: async (file, columns, written) => readBack(file, columns, written),
  layout,
  opening,
  epilogue: async (chunks, options) => epilogue(chunks, options),
};
