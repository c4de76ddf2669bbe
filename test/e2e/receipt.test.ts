import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf } from '../support/csv.ts';
import { apply, batchTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { createBucket, get, keys, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 4_000;
let stack: Stack;
let bucket: string;
let directory: string;
const file = (name: string): string => join(directory, name);

function ddc(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/main.ts', 'receipt', ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddc-receipt-'));
  const made = await ddc('key', 'generate', '--out', file('key.pem'));
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining('SHA256:') });
  stack = await startStack('receipt', { DDC_RECEIPT_KEY_FILE: file('key.pem'), DDC_CHUNK_BYTES: '32Ki' });
  bucket = await createBucket('receipt');
  await put(
    bucket,
    'in.csv',
    csvOf('id,name', ROWS, (index) => `${index},some text ${index}`),
  );
});
afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true });
});

async function copy(name: string, to: string, more: object = {}, side: Record<string, unknown> = {}) {
  const applied = await apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(bucket, 'in.csv'),
      destination: s3Side(bucket, to, side),
      receipt: { prefix: 'proof' },
      ...more,
    }),
  );
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

const filtered = {
  transformation: [
    { action: 'FilterRows', options: { clause: 'id < 1000' } },
    { action: 'DigestColumns', columns: ['name'], options: { algo: 'sha256', salt: 'pepper' } },
  ],
};

describe('the receipt of a run', () => {
  test('counts, checksums, objects, schemas; signed, and checked offline', async () => {
    const status = await copy('signed', 'out.parquet', filtered);
    expect(status.error).toBeUndefined();
    expect(status.warnings).toBeUndefined();
    const short = status.receipt!;
    expect(short).toMatchObject({
      verified: 'chunks',
      rowsRead: ROWS,
      rowsFiltered: ROWS - 1_000,
      rowsWritten: 1_000,
      objects: 1,
      key: `proof/${stack.namespace}/signed/${short.runId}.json`,
      signedBy: expect.stringMatching(/^SHA256:/),
    });
    expect(short.checksums!.map(({ column }) => column)).toEqual(['id', 'name']);

    const text = (await get(bucket, short.key!)).toString();
    const { receipt, sha256, signature } = JSON.parse(text);
    expect({ sha256, signature: signature.value, signedBy: signature.signedBy }).toEqual({
      sha256: short.sha256,
      signature: short.signature,
      signedBy: short.signedBy,
    });
    expect(receipt).toMatchObject({
      transfer: { namespace: stack.namespace, name: 'signed', generation: 1 },
      runId: short.runId,
      checksums: { algorithm: short.checksumAlgorithm, columns: short.checksums },
      source: { bucket, format: 'csv', objectCount: 1, objects: [{ key: 'in.csv' }] },
      destination: {
        format: 'parquet',
        columns: [
          { name: 'id', type: 'int64' },
          { name: 'name', type: 'utf8' },
        ],
        objects: [{ key: 'out.parquet', etag: status.objects![0]!.etag, bytes: status.objects![0]!.bytes }],
      },
      transformations: [{ action: 'FilterRows' }, { action: 'DigestColumns', secretOptions: ['salt'] }],
    });
    expect(text).not.toContain('pepper');

    await writeFile(file('receipt.json'), text);
    const checked = await ddc('verify', file('receipt.json'), '--public-key', file('key.pem.pub'));
    expect(checked.output).toContain(`by ${short.signedBy}, as expected`);
    expect(checked.output).toMatch(/rows +4000 read, 3000 filtered, 1000 written/);
    expect(checked.code).toBe(0);

    await writeFile(file('changed.json'), text.replace('"rowsWritten": 1000', '"rowsWritten": 4000'));
    expect(await ddc('verify', file('changed.json'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('the receipt has been changed: its SHA-256 is'),
    });
    await ddc('key', 'generate', '--out', file('other.pem'));
    expect(await ddc('verify', file('receipt.json'), '--public-key', file('other.pem.pub'))).toMatchObject({
      code: 1,
      output: expect.stringContaining(`is signed by ${short.signedBy}, and not by the given key`),
    });
  });

  test('checksums do not depend on the chunks, the format or the layout', async () => {
    await put(bucket, 'one-chunk.csv', await get(bucket, 'in.csv'));
    const several = await copy('several', 'several.parquet');
    const parts = await copy(
      'parts',
      'parts/',
      { verify: 'full' },
      { dataFormat: 'parquet', maxObjectSize: '5Mi' },
    );
    expect(several.receipt!.checksums).toHaveLength(2);
    expect(parts.receipt).toMatchObject({ verified: 'full', checksums: several.receipt!.checksums });
  });

  test('it stays when the transfer goes', async () => {
    const { receipt } = await copy('gone', 'gone.csv');
    await kubectl(['delete', 'batchtransfer', 'gone', '-n', stack.namespace, '--timeout=60s']);
    const left = await keys(bucket);
    expect(left).toContain(receipt!.key);
    expect(left).not.toContain('gone.csv');
    expect(left.filter((key) => key.startsWith('.ddc'))).toEqual([]);
  });

  test('among the data it is refused; not asked for, none is written', async () => {
    const among = await copy('among', 'data/', { receipt: { prefix: 'data/proof' } }, { dataFormat: 'csv' });
    expect(among).toMatchObject({ status: 'Fatal', error: expect.stringContaining('spec.receipt.prefix') });
    const none = await copy('none', 'none.parquet', { receipt: undefined });
    expect(none.receipt).toMatchObject({ rowsWritten: ROWS });
    expect(none.receipt!.key).toBeUndefined();
  });
});

describe('the key', () => {
  test('is for its owner alone, and never replaced', async () => {
    expect((await stat(file('key.pem'))).mode & 0o777).toBe(0o600);
    const before = await readFile(file('key.pem'), 'utf8');
    const again = await ddc('key', 'generate', '--out', file('key.pem'));
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('exists, and is not replaced') });
    expect(await readFile(file('key.pem'), 'utf8')).toBe(before);
    expect(again.output).not.toContain('PRIVATE');
  });
});
