import { stat } from 'node:fs/promises';
import type { Format } from '../format.ts';
import { describe } from './describe.ts';
import { diagnose } from './diagnose.ts';
import { readBack } from './relation.ts';
import { fetch } from './fetch.ts';
import { uniteKinds } from './kinds.ts';

/** CSV as in RFC 4180 with a header line and UTF-8. Rules of types: docs/formats.md. */
export const csv: Format = {
  name: 'csv',
  extensions: ['csv'],
  text: true,
  ordered: true,
  uniteTypes: uniteKinds,
  describe,
  fetch,
  diagnose: (_error, source, index, directory) => diagnose(source, index, directory),
  copyOptions: (index) =>
    `FORMAT csv, HEADER ${index === 0}, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR ''`,
  readBack: (file, columns, index) => ({
    relation: readBack(file, columns, index),
    as: 'text',
  }),
  layout: async (file) => ({ start: 0, end: (await stat(file)).size, trailer: Buffer.alloc(0) }),
  epilogue: async () => Buffer.alloc(0),
};
