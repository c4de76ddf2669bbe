import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BIGINT, INTEGER, VARCHAR, type DuckDBScalarFunction } from '@duckdb/node-api';
import xxhash from 'xxhash-wasm';
import { murmur3, sparkMurmur3 } from './murmur3.ts';
import { valueFunction } from './value-function.ts';

const xx = await xxhash();

/** Digests that the engine lacks, of bytes: `ddc_sha512(BLOB)` and so on. In hexadecimal: lower case. */
export const DIGESTS: readonly DuckDBScalarFunction[] = [
  valueFunction('ddc_sha512', [], VARCHAR, () => (bytes) => hash('sha512', bytes)),
  valueFunction('ddc_crc32', [], BIGINT, () => (bytes) => BigInt(crc32(bytes))),
  valueFunction('ddc_xxhash32', [], VARCHAR, () => (bytes) => hex(xx.h32Raw(bytes), 8)),
  valueFunction('ddc_xxhash64', [], VARCHAR, () => (bytes) => hex(xx.h64Raw(bytes), 16)),
  valueFunction('ddc_murmur3', [], INTEGER, () => sparkMurmur3),
  valueFunction('ddc_murmur32', [], VARCHAR, () => (bytes) => hex(murmur3(bytes), 8)),
];

function hex(number: number | bigint, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
