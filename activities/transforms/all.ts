import { digestColumns } from './digest-columns.ts';
import { encryptColumns } from './encrypt-columns.ts';
import { filterRows } from './filter-rows.ts';
import { redactColumns } from './redact-columns.ts';
import { removeColumns } from './remove-columns.ts';
import { sampleRows } from './sample-rows.ts';

/** Every transformation. A new one is one file and one line here. */
export const TRANSFORMS = [
  removeColumns,
  redactColumns,
  digestColumns,
  encryptColumns,
  filterRows,
  sampleRows,
] as const;
