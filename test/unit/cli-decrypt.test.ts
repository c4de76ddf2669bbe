import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { usualKeyId } from '../../activities/transforms/encryption/key.ts';
import { withEngine } from '../../activities/engine/duckdb.ts';
import { compileSelect, renderSelect } from '../../activities/engine/select.ts';
import { query } from '../support/query.ts';
import { table, TRANSFORMS, type Table } from '../support/transform.ts';

const KEY = Buffer.from('2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94', 'hex');
const OTHER = Buffer.alloc(32, 9);

let directory: string;
const file = (name: string): string => join(directory, name);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddc-decrypt-'));
  writeFileSync(file('key'), `# the key of 2026\n\n${KEY.toString('base64')}\n`);
  writeFileSync(file('keys'), `old:${OTHER.toString('hex')}\nnew:${KEY.toString('hex')}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function ddc(args: string[], input = ''): Promise<Outcome> {
  const child = spawn(process.execPath, ['cli/main.ts', 'decrypt', ...args]);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

/** Writes what a transfer with these options would write. */
async function encrypt(
  name: string,
  source: Table,
  columns: string[],
  options: object = {},
): Promise<string> {
  const target = file(name);
  const secrets = { options: [{ key: KEY.toString('hex') }], seed: 'seed' };
  const step = { action: 'EncryptColumns', columns, options: { ...options }, secretOptions: ['key'] };
  await withEngine({ directory, memoryLimit: 512e6, secrets }, async (engine) => {
    const compiled = await compileSelect(source, [step], TRANSFORMS, engine, { secrets });
    const sql = renderSelect(compiled, { ...source, rowIdentity: { object: 'o', first: 0 } }, false);
    const format = name.endsWith('.csv') ? `FORMAT csv, HEADER, NULLSTR ''` : 'FORMAT parquet';
    await engine.run(`COPY (${sql}) TO '${target}' (${format})`);
  });
  return target;
}

const PEOPLE = table({ id: 'VARCHAR', name: 'VARCHAR', amount: 'VARCHAR' }, [
  ["'007'", '\'Anna, "the" é\'', "'1.50'"],
  ["'008'", 'NULL', "'2'"],
  ["'x'", "''", 'NULL'],
]);
const CLEAR = 'id,name,amount\n007,"Anna, ""the"" é",1.50\n008,,2\nx,"",\n';

describe('ddc decrypt', () => {
  test.each(['AES-256-GCM', 'AES-SIV'])(
    'CSV: %s and back, the other columns as they are',
    async (algorithm) => {
      const source = await encrypt(`${algorithm}.csv`, PEOPLE, ['name'], { algorithm });
      expect(readFileSync(source, 'utf8')).toContain(`:${usualKeyId(KEY)}:`);
      const args = ['--key-file', file('key'), '--column', 'NAME'];
      expect(await ddc([...args, '--in', source])).toEqual({
        code: 0,
        stdout: CLEAR,
        stderr: 'ddc: 3 rows\n',
      });
      expect(await ddc([...args, '--format', 'csv'], readFileSync(source, 'utf8'))).toMatchObject({
        stdout: CLEAR,
      });
    },
  );

  test('Parquet: nested fields, by the key of the id that the values name', async () => {
    const source = table({ p: 'STRUCT(n VARCHAR, t BLOB)[]', i: 'BIGINT' }, [
      [String.raw`[{n: 'Anna', t: '\xFF'}, NULL]`, '1'],
      ['NULL', 'NULL'],
    ]);
    const encrypted = await encrypt('nested.parquet', source, ['p.n', 'p.t'], { keyId: 'new' });
    const [half, out] = [file('half.parquet'), file('out.parquet')];
    const keys = `${OTHER.toString('hex')}\nnew:${KEY.toString('base64url')}`;
    const first = ['--key-file', '-', '--column', 'p.n', '--in', encrypted, '--out', half];
    expect(await ddc(first, keys)).toMatchObject({ code: 0, stdout: '', stderr: 'ddc: 2 rows\n' });
    const second = ['--key-file', file('keys'), '--column', 'p.t', '--binary', '--in', half, '--out', out];
    expect(await ddc(second)).toMatchObject({ code: 0 });
    expect(await query('SELECT p::VARCHAR AS p, i FROM read_parquet($f)', { f: readFileSync(out) })).toEqual([
      { p: String.raw`[{'n': Anna, 't': \xFF}, NULL]`, i: '1' },
      { p: null, i: null },
    ]);
  });

  test('FF1', async () => {
    const cards = table({ card: 'VARCHAR' }, [["'4111-1111-1111-1234'"]]);
    const source = await encrypt('ff1.csv', cards, ['card'], { algorithm: 'FF1' });
    const decrypted = await ddc(['--key-file', file('key'), '--ff1', '--column', 'card', '--in', source]);
    expect(decrypted.stdout).toBe('card\n4111-1111-1111-1234\n');
  });

  test('columns whose first values do not tell their type', async () => {
    const rows = Array.from({ length: 300_000 }, (_, index) => `${index},`).join('\n');
    const source = file('late.csv');
    writeFileSync(source, `n,e\n${rows}\n1.5x,\n`);
    const out = file('late-out.csv');
    const args = ['--key-file', file('key'), '--column', 'e', '--in', source, '--out', out];
    expect(await ddc(args)).toMatchObject({ code: 0, stderr: 'ddc: 300001 rows\n' });
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(source, 'utf8'));
  });
});

describe('ddc decrypt refuses', () => {
  let source: string;
  beforeAll(async () => {
    source = await encrypt('refused.csv', PEOPLE, ['name'], { keyId: 'new' });
  });

  test.each<[string, () => string[], string]>([
    [
      'a key that is not there',
      () => ['--key-file', file('key'), '--column', 'name'],
      'the key new, which is not',
    ],
    [
      'a value that is not encrypted',
      () => ['--key-file', file('key'), '--column', 'id'],
      'a value is not one that',
    ],
    [
      'an unknown column',
      () => ['--key-file', file('keys'), '--column', 'nam'],
      'column "nam" does not exist',
    ],
    ['a missing key file', () => ['--key-file', file('none'), '--column', 'name'], 'none cannot be read'],
    ['no column', () => ['--key-file', file('keys')], '--column'],
  ])('%s', async (_what, args, message) => {
    const before = readdirSync(directory);
    const { code, stdout, stderr } = await ddc([...args(), '--in', source, '--out', file('refused-out.csv')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/Anna|at .*\.ts/);
    // Neither a result nor what it was made of.
    expect(readdirSync(directory)).toEqual(before);
  });

  test('another key of the same name, and a line that is no key, without showing either', async () => {
    const wrong = await ddc(
      ['--key-file', '-', '--column', 'name', '--in', source],
      `new:${OTHER.toString('hex')}`,
    );
    expect(wrong.stderr).toContain('cannot be decrypted with the key new');
    const bad = `new:${OTHER.toString('hex')}x`;
    const { code, stderr } = await ddc(['--key-file', '-', '--column', 'name', '--in', source], bad);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'ddc: --key-file, line 1: must be a key of 32 bytes in base64 or in hexadecimal digits, perhaps with a key id and a colon in front\n',
    );
  });
});
