import { digestColumns } from '../../../activities/transforms/digest-columns.ts';
import { encryptColumns } from '../../../activities/transforms/encrypt-columns.ts';
import { filterRows } from '../../../activities/transforms/filter-rows.ts';
import { redactColumns } from '../../../activities/transforms/redact-columns.ts';
import { removeColumns } from '../../../activities/transforms/remove-columns.ts';
import { sampleRows } from '../../../activities/transforms/sample-rows.ts';
import { transformContract } from './suite.ts';

const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const REDACT_OPTIONS = [
  'redactType',
  'redactValue',
  'keepFirst',
  'keepLast',
  'keepDomain',
  'creditCard',
  'onMissingColumn',
];
const ALL_NULL = { s: null, i: null, Name: null, amount: null };

transformContract({
  transform: removeColumns,
  columns: ['Name', 's'],
  options: {},
  optionNames: ['onMissingColumn'],
  missingColumn: 'warning',
  nulls: { i: null, amount: null },
});

transformContract({
  transform: redactColumns,
  columns: ['s', 'i'],
  options: { redactValue: "it's" },
  optionNames: REDACT_OPTIONS,
  missingColumn: 'fatal',
  nulls: { s: "it's", i: "it's", Name: null, amount: null },
});

for (const options of [
  { redactType: 'random' },
  { redactType: 'formatted', keepLast: 1 },
  { redactType: 'null' },
])
  transformContract({
    transform: redactColumns,
    columns: ['s', 'i', 'amount'],
    options,
    optionNames: REDACT_OPTIONS,
    missingColumn: 'fatal',
    nulls: ALL_NULL,
  });

for (const { options, secrets } of [
  { options: { algo: 'sha512' }, secrets: {} },
  { options: { algo: 'md5' }, secrets: { salt: 'pinch of salt' } },
  { options: { algo: 'sha256' }, secrets: { key: 'hmac-key', salt: 'pinch of salt' } },
])
  transformContract({
    transform: digestColumns,
    columns: ['s', 'i', 'amount'],
    options,
    secrets,
    optionNames: ['algo', 'salt', 'key', 'onMissingColumn'],
    missingColumn: 'fatal',
    nulls: ALL_NULL,
  });

for (const options of [{ algorithm: 'AES-256-GCM', keyId: 'key-1' }, { algorithm: 'AES-SIV' }])
  transformContract({
    transform: encryptColumns,
    columns: ['s', 'i', 'amount'],
    options,
    secrets: { key: KEY },
    optionNames: ['algorithm', 'key', 'keyId', 'alphabet', 'onMissingColumn'],
    missingColumn: 'fatal',
    nulls: ALL_NULL,
  });

transformContract({
  transform: filterRows,
  columns: [],
  options: { clause: "s <> 'a' AND amount >= 0" },
  optionNames: ['clause'],
});

transformContract({
  transform: sampleRows,
  columns: [],
  options: { fraction: 0.5, seed: 7 },
  optionNames: ['fraction', 'seed'],
});
