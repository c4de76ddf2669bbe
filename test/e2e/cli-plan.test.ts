import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Preview } from '../../activities/batch/preview.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import { ddc, type DdcOutcome } from '../support/ddc.ts';
import { batchTransfer } from '../support/kubernetes.ts';
import { Findings } from '../support/leaks.ts';
import { allowEverybody } from '../support/public-bucket.ts';
import * as s3 from '../support/s3.ts';

const { accessKey, createBucket, endpoint, keys, put, s3Side, secretKey, uploads } = s3;
const SALT = 'the-salt-nobody-may-see';
const ROWS = 5_000;

let bucket: string;
beforeAll(async () => {
  bucket = await createBucket('cli');
  const lines = Array.from({ length: ROWS }, (_, index) => `${index},name ${index},${index / 8},\n`);
  await put(bucket, 'in.csv', `id,name,amount,note\n${lines.join('')}`);
});

const yaml = (spec: object): string => JSON.stringify(batchTransfer('ns', 'copy', spec));
const spec = (more: object = {}): object => ({
  source: s3Side(bucket, 'in.csv'),
  destination: s3Side(bucket, 'out.parquet'),
  ...more,
});
const plan = (resource: string, ...args: string[]) => ddc(['plan', '-f', '-', ...args], resource);
const preview = (resource: string, ...args: string[]) => ddc(['preview', '-f', '-', ...args], resource);

function expectNoSecret(outcome: DdcOutcome): void {
  const findings = new Findings();
  findings.add('stdout', outcome.stdout);
  findings.add('stderr', outcome.stderr);
  for (const secret of [secretKey, SALT]) expect(findings.search(secret)).toEqual([]);
}

describe('ddc plan', () => {
  const digest = { action: 'DigestColumns', columns: ['id'], options: { algo: 'sha256', salt: SALT } };
  const remove = { action: 'RemoveColumns', columns: ['note'] };

  test('tells what a run would do, for people and for programs, and writes nothing', async () => {
    const resource = yaml(spec({ transformation: [digest, remove] }));
    const text = await plan(resource);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('BatchTransfer ns/copy (nothing was written)');
    expect(text.stdout).toMatch(/^ {2}id +int64 +utf8$/m);
    expect(text.stdout).toMatch(/^ {2}note +utf8 +-$/m);
    expectNoSecret(text);

    const json = await plan(resource, '-o', 'json');
    const report = JSON.parse(json.stdout) as PlanReport;
    expect(report).toMatchObject({
      source: { format: 'csv', columns: [{ name: 'id', type: 'int64' }, {}, {}, {}] },
      destination: { format: 'parquet', columns: [{ name: 'id', type: 'utf8' }, {}, {}] },
      reads: { objects: 1 },
      writes: { location: `s3://${bucket}/out.parquet`, operation: 'Overwrite', present: 'nothing' },
      chunks: 1,
      slices: 1,
    });
    expect(report.permissions.map(({ side, request, outcome }) => `${side} ${request} ${outcome}`)).toEqual([
      'source HEAD allowed',
      'source GET allowed',
      'destination HEAD allowed',
      'destination PUT allowed',
      'destination DELETE not probed',
    ]);
    expect(parse((await plan(resource, '-o', 'yaml')).stdout)).toEqual(report);
    expect(await keys(bucket)).toEqual(['in.csv']);
    expect(await uploads(bucket)).toEqual([]);
  });

  test('a prefix, partitions, what is there already', async () => {
    const place = await createBucket('cli-prefix');
    await put(place, 'data/day=1/a.csv', 'x\n1\n');
    await put(place, 'data/day=2/b.csv', 'x\n2\n');
    await put(place, 'out/strange', 'x');
    const resource = yaml({
      source: s3Side(place, 'data/'),
      destination: s3Side(place, 'out', { dataFormat: 'csv', partitionBy: ['day'] }),
    });
    const report = JSON.parse((await plan(resource, '-o', 'json')).stdout) as PlanReport;
    expect(report.reads).toEqual({ objects: 2, bytes: 8 });
    expect(report.writes.location).toBe(`s3://${place}/out/`);
    expect(report.writes.present).toContain('1 object; those of this transfer are replaced, others stay');
    expect(report.permissions.map(({ request, outcome }) => `${request} ${outcome}`)).toEqual([
      'LIST allowed',
      'GET allowed',
      'LIST allowed',
      'PUT allowed',
      'PUT allowed',
      'DELETE not probed',
    ]);
    expect(await keys(place)).toHaveLength(3);
  });

  test('binary data; a name that only a run would have', async () => {
    const binary = yaml({
      source: s3Side(bucket, 'in.csv', { dataFormat: 'binary' }),
      destination: s3Side(bucket, 'copy.bin'),
    });
    const { stdout } = await plan(binary);
    expect(stdout).toContain("TIME      the store's own");
    expect(stdout).not.toContain('SCHEMA');
    const appended = await plan(yaml(spec({ writeOperation: 'Append' })), '-o', 'json');
    expect(JSON.parse(appended.stdout)).toMatchObject({
      writes: { location: `s3://${bucket}/out-<run>.parquet`, operation: 'Append' },
    });
  });

  test('permissions that are missing at the destination: told, with exit code 1', async () => {
    const closed = await createBucket('cli-closed');
    await allowEverybody(s3, closed, ['s3:GetObject']);
    const destination = { s3: { endpoint, bucket: closed, objectKey: 'out.csv' } };
    const outcome = await plan(yaml(spec({ destination })));
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/destination +HEAD .* allowed/);
    expect(outcome.stdout).toMatch(/destination +PUT .* denied/);
    expect(outcome.stderr).toBe(`ddc: the transfer would fail: not allowed are PUT s3://${closed}/out.csv\n`);
    expect(await keys(closed)).toEqual([]);
  });
});

describe('ddc preview', () => {
  test('shows the first transformed rows, with secrets from the resource itself', async () => {
    const transformation = [
      { action: 'DigestColumns', columns: ['id'], options: { algo: 'sha256', key: SALT } },
      { action: 'RedactColumns', columns: ['name'] },
    ];
    const outcome = await preview(yaml(spec({ transformation })), '--rows', '2', '-o', 'json');
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const shown = JSON.parse(outcome.stdout) as Preview;
    const hmac = (text: string): string => createHmac('sha256', SALT).update(text).digest('hex');
    expect(shown.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id utf8',
      'name utf8',
      'amount double',
      'note utf8',
    ]);
    expect(shown.rows).toEqual([
      [hmac('0'), 'XXXXXXXXXX', '0.0', null],
      [hmac('1'), 'XXXXXXXXXX', '0.125', null],
    ]);
    expectNoSecret(outcome);
    expect(await keys(bucket)).toEqual(['in.csv']);
  });

  test('as a table, in which values of others cannot steer the terminal', async () => {
    const place = await createBucket('cli-table');
    await put(place, 'in.csv', 'a,long\n\u001b[2Jx,""\n"two\nlines",1\n');
    const resource = yaml({ source: s3Side(place, 'in.csv'), destination: s3Side(place, 'out.csv') });
    const outcome = await preview(resource);
    expect(outcome.stdout.split('\n')).toEqual([
      'a           long',
      'utf8        utf8',
      String.raw`\u{1b}[2Jx`,
      String.raw`two\nlines  1`,
      '',
    ]);
    expect(outcome.stderr).toBe('ddc: the transfer has only 2 rows\n');
  });

  test('reads only the begin of a large source; filters that leave few rows are told', async () => {
    const place = await createBucket('cli-large');
    const lines = Array.from({ length: 200_000 }, (_, index) => `${index},${'x'.repeat(50)}\n`);
    await put(place, 'in.csv', `id,text\n${lines.join('')}`);
    const spec = (transformation: object[]): string =>
      yaml({ source: s3Side(place, 'in.csv'), destination: s3Side(place, 'out.csv'), transformation });
    const few = JSON.parse((await preview(spec([]), '--rows', '3', '-o', 'json')).stdout) as Preview;
    expect(few.rows.map(([id]) => id)).toEqual(['0', '1', '2']);
    expect(few.complete).toBe(false);
    expect(few.bytesRead).toBeLessThan(3 * 2 ** 20);
    expect(few.sourceBytes).toBeGreaterThan(10 * 2 ** 20);

    // rows of later chunks are the same as in a run, whose chunks are others
    const filter = { action: 'FilterRows', options: { clause: 'id % 60000 = 7' } };
    const filtered = await preview(spec([filter]), '-o', 'json');
    expect((JSON.parse(filtered.stdout) as Preview).rows.map(([id]) => id)).toEqual([
      '7',
      '60007',
      '120007',
      '180007',
    ]);
    expect(filtered.stderr).toBe(
      'ddc: FilterRows and SampleRows leave 4 of the 200000 rows of the source; no more\n',
    );

    const sample = { action: 'SampleRows', options: { fraction: 0.001, seed: 5 } };
    const sampled = JSON.parse(
      (await preview(spec([sample]), '--rows', '40', '-o', 'json')).stdout,
    ) as Preview;
    expect(sampled.rows).toHaveLength(40);
    expect(new Set(sampled.rows.map(([id]) => id)).size).toBe(40);
  });

  test('a value that contradicts the type of the begin is taken into account', async () => {
    const place = await createBucket('cli-replan');
    const lines = Array.from({ length: 120_000 }, (_, index) => `${index},${'y'.repeat(20)}\n`);
    // further on than what types are inferred from
    lines[60_000] = 'sixty thousand,z\n';
    await put(place, 'in.csv', `id,text\n${lines.join('')}`);
    const filter = { action: 'FilterRows', options: { clause: "text = 'z'" } };
    const resource = yaml({
      source: s3Side(place, 'in.csv'),
      destination: s3Side(place, 'out.csv'),
      transformation: [filter],
    });
    const shown = JSON.parse((await preview(resource, '-o', 'json')).stdout) as Preview;
    expect(shown.columns[0]).toMatchObject({ name: 'id', type: 'utf8' });
    expect(shown.rows).toEqual([['sixty thousand', 'z']]);
  });

  test('binary data has no rows', async () => {
    const binary = { ...spec(), source: s3Side(bucket, 'in.csv', { dataFormat: 'binary' }) };
    const outcome = await preview(yaml(binary));
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('binary data has no rows');
  });
});

describe.each(['plan', 'preview'])('ddc %s refuses', (command) => {
  const run = async (resource: string): Promise<string> => {
    const outcome = await ddc([command, '-f', '-'], resource);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expectNoSecret(outcome);
    return outcome.stderr;
  };

  test('a wrong resource, with all that is wrong', async () => {
    const stderr = await run(
      yaml({
        source: s3Side('', 'in.csv'),
        destination: s3Side(bucket, ''),
        transformation: [{ action: 'Nothing', options: { salt: SALT } }],
      }),
    );
    for (const path of [
      'spec.source.s3.bucket',
      'spec.destination.s3.objectKey',
      'spec.transformation[0].action',
    ])
      expect(stderr).toContain(path);
  });

  test('receipts among the data', async () => {
    // a preview writes none
    if (command === 'preview') return;
    const inside = spec({ receipt: { prefix: 'out.parquet/receipts' } });
    expect(await run(yaml(inside))).toContain(
      'spec.receipt.prefix: "out.parquet/receipts" lies in the data "out.parquet/"',
    );
    const outcome = await ddc([command, '-f', '-', '--receipt-prefix', 'out.parquet'], yaml(spec()));
    expect(outcome.stderr).toContain('DDC_RECEIPT_PREFIX of the worker: "out.parquet" lies in the data');
  });

  test('a SyncTransfer', async () => {
    const resource = yaml(spec()).replace('BatchTransfer', 'SyncTransfer');
    expect(await run(resource)).toContain('kind: a SyncTransfer has no end');
  });

  test('what is not one resource', async () => {
    expect(await run('')).toContain('standard input: there must be one resource in it, but there are 0');
    expect(await run(`${yaml(spec())}\n---\n${yaml(spec())}`)).toContain('but there are 2');
    expect(await run(`a: ${SALT}: [${secretKey}`)).toMatch(
      /standard input, line 1, column \d+: not valid YAML/,
    );
    expect(await run(`a: *${SALT}`)).toContain('not valid YAML');
    expect(await run(`- ${SALT}`)).toContain('apiVersion');
  });

  test('a source that is not there; credentials that are not good', async () => {
    const absent = yaml(spec({ source: s3Side(bucket, 'absent.csv') }));
    expect(await run(absent)).toContain(`s3://${bucket}/absent.csv does not exist`);
    const wrong = yaml(spec({ source: s3Side(bucket, 'in.csv', { secretKey: `${secretKey}${SALT}` }) }));
    expect(await run(wrong)).toContain('access denied; check accessKey, secretKey');
    expect(await run(yaml(spec({ source: s3Side(bucket, 'in.csv', { accessKey: '' }) })))).toContain(
      'accessKey',
    );
    expect(accessKey).not.toBe('');
  });

  test('a file that is not there', async () => {
    const outcome = await ddc([command, '-f', 'absent.yaml']);
    expect(outcome).toMatchObject({ code: 1, stderr: 'ddc: -f: absent.yaml cannot be read\n' });
  });
});

test.each(['plan', 'preview'])('ddc %s --help has examples', async (command) => {
  const { code, stdout } = await ddc([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`ddc ${command} -f payments.yaml`);
});
