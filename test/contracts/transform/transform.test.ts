import { digestColumns } from '../../../activities/transforms/digest-columns.ts';
import { filterRows } from '../../../activities/transforms/filter-rows.ts';
import { redactColumns } from '../../../activities/transforms/redact-columns.ts';
import { removeColumns } from '../../../activities/transforms/remove-columns.ts';
import { transformContract } from './suite.ts';

transformContract({
  transform: removeColumns,
  columns: ['Name', 's'],
  options: {},
  optionNames: [],
  missingColumn: 'warning',
  nulls: { i: null, amount: null },
});

transformContract({
  transform: redactColumns,
  columns: ['s', 'i'],
  options: { redactValue: "it's" },
  optionNames: ['redactValue'],
  missingColumn: 'fatal',
  nulls: { s: "it's", i: "it's", Name: null, amount: null },
});

transformContract({
  transform: digestColumns,
  columns: ['s', 'i', 'amount'],
  options: { algo: 'sha512' },
  optionNames: ['algo'],
  missingColumn: 'fatal',
  nulls: { s: null, i: null, Name: null, amount: null },
});

transformContract({
  transform: filterRows,
  columns: [],
  options: { clause: "s <> 'a' AND amount >= 0" },
  optionNames: ['clause'],
});
