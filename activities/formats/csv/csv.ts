import { stat } from 'node:fs/promises';
import { identifier } from '../../engine/engine.ts';
import type { Format } from '../format.ts';
import { copyOptions } from './copy-options.ts';
import { csvType } from './csv-type.ts';
import { describe } from './describe.ts';
import { dialectDetails } from './details.ts';
import { diagnose } from './diagnose.ts';
import { dialectOf } from './dialect.ts';
import { encode } from './encode.ts';
import { fetch } from './fetch.ts';
import { uniteKinds } from './kinds.ts';
import { lineOfRow } from './line-of-row.ts';
import { readBack } from './read-back.ts';

/** CSV in the dialects of CsvOptions; RFC 4180 with a header line and UTF-8 by default. Rules: docs/formats.md. */
export const csv: Format = {
  name: 'csv',
  extensions: ['csv', 'tsv'],
  text: true,
  inferred: 'types',
  ordered: true,
  compared: ({ name }) => `CAST(${identifier(name)} AS VARCHAR)`,
  uniteTypes: uniteKinds,
  describe,
  fetch,
  diagnose: (_error, source, index, directory) => diagnose(source, index, directory),
  place: lineOfRow,
  held: csvType,
  details: ({ csv: given = {} }) => ({
    ...dialectDetails(dialectOf(given), given.header ?? true),
    encoding: given.encoding ?? 'UTF-8',
    compression: given.compression ?? 'none',
  }),
  copyOptions: (index, options) => copyOptions(index, options.csv),
  encode: (file, directory, options, index) => encode(file, directory, options.csv ?? {}, index),
  readBack: (file, columns, context) => readBack(file, columns, context),
  layout: async (file) => ({ start: 0, end: (await stat(file)).size, trailer: Buffer.alloc(0) }),
  epilogue: async () => Buffer.alloc(0),
};
