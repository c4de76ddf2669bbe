import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { arrowType } from '../../activities/formats/arrow-types.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import { describeSource, MemoryReader, withWorkbench } from '../support/files.ts';
import { obtainPyarrow } from '../support/obtain-pyarrow.ts';

const SCRIPT = fileURLToPath(new URL('../support/parquet-types.py', import.meta.url));

let pyarrow: string;

beforeAll(async () => {
  pyarrow = await obtainPyarrow({ env: process.env, log: (line) => process.stderr.write(`${line}\n`) });
}, 600_000);

async function described(...options: string[]) {
  return withWorkbench(async (bench) => {
    const file = join(bench.directory, 'types.parquet');
    await promisify(execFile)('python3', [SCRIPT, file, ...options], {
      env: { ...process.env, PYTHONPATH: pyarrow },
    });
    const { columns, conversions } = await describeSource(
      parquet,
      new MemoryReader(await readFile(file)),
      bench,
    );
    return {
      conversions,
      types: Object.fromEntries(columns.map(({ name, type }) => [name, arrowType(type)])),
    };
  });
}

test('types that the engine lacks are listed as what it makes of them', async () => {
  const { types, conversions } = await described();
  expect(conversions).toEqual([
    'ms: timestamp[ms] -> timestamp[us]',
    'ms_utc: timestamp[ms, UTC] -> timestamp[us, UTC]',
    'ns_utc: timestamp[ns, UTC] -> timestamp[us, UTC]',
    'time_ms: time32[ms] -> time64[us]',
    'time_ns: time64[ns] -> time64[us]',
    'half: halffloat -> float',
    'fixed: fixed_size_binary[3] -> binary',
    'wide: decimal256(50, 2) -> double',
    'nothing: null -> int32',
    'list.list.element: timestamp[ms] -> timestamp[us]',
    'struct.a.b: timestamp[ns, UTC] -> timestamp[us, UTC]',
    'struct.c: fixed_size_binary[3] -> binary',
  ]);
  for (const conversion of conversions!) {
    const [, name, to] = /^(\w+): .* -> (.*)$/.exec(conversion) ?? [];
    if (name !== undefined) expect({ name, type: types[name] }).toEqual({ name, type: to });
  }
  expect(types).toMatchObject({
    us: 'timestamp[us]',
    us_zone: 'timestamp[us, UTC]',
    ns: 'timestamp[ns]',
    decimal: 'decimal128(38, 2)',
    text: 'utf8',
    list: 'list<item: timestamp[us]>',
    struct: 'struct<a: struct<b: timestamp[us, UTC]>, c: binary>',
  });
});

test('timestamps of Hive and old Spark', async () => {
  const { types, conversions } = await described('--int96');
  expect(conversions).toEqual([
    'ns: int96 -> timestamp[us]',
    'us: int96 -> timestamp[us]',
    'list.list.element: int96 -> timestamp[us]',
  ]);
  expect(types['ns']).toBe('timestamp[us]');
});
