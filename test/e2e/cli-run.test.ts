import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunOutcome } from '../../cli/run/follow.ts';
import { ddc, startDdc, type DdcOutcome } from '../support/ddc.ts';
import { batchTransfer } from '../support/kubernetes.ts';
import { addHistories } from '../support/leak-places.ts';
import { Findings } from '../support/leaks.ts';
import { expectOnly } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { descendants, isRunning } from '../support/processes.ts';
import { query } from '../support/query.ts';
import { accessKey, createBucket, get, keys, put, s3Side, secretKey } from '../support/s3.ts';
import { workflowsOf, type Workflows } from '../support/workflows.ts';

const SALT = 'the-salt-nobody-may-see';
const ROWS = 5_000;
/** Source of a run that takes a minute: 256 KiB a second, in and out. */
const SLOW = { limits: { bandwidth: '256Ki' } };
const SLOW_ENV = { DDC_CHUNK_BYTES: '512Ki', DDC_PARALLEL_CHUNKS: '1' };

let bucket: string;
let workflows: Workflows;
beforeAll(async () => {
  workflows = await workflowsOf(process.env);
  bucket = await createBucket('run');
  const lines = Array.from({ length: ROWS }, (_, index) => `${index},name ${index}\n`);
  await put(bucket, 'in.csv', `id,name\n${lines.join('')}`);
});
afterAll(() => workflows.close());

/** Of a name that no other test uses. */
const yaml = (name: string, spec: object): string => JSON.stringify(batchTransfer(bucket, name, spec));
const run = (resource: string, ...args: string[]): Promise<DdcOutcome> =>
  ddc(['run', '-f', '-', ...args], resource);
const outcomeIn = ({ stdout }: DdcOutcome): RunOutcome => JSON.parse(stdout) as RunOutcome;

describe('ddc run', () => {
  test('copies by a server and a worker of its own, and leaves neither', async () => {
    const resource = yaml('own-server', {
      source: s3Side(bucket, 'in.csv'),
      destination: s3Side(bucket, 'own/out.parquet'),
    });
    const { child, ended } = startDdc(['run', '-f', '-'], resource, { DDC_TEMPORAL_ADDRESS: undefined });
    const started = new Set<number>();
    await poll(
      () => {
        for (const pid of descendants(child.pid!)) started.add(pid);
        return child.exitCode !== null;
      },
      (over) => over,
      'the run to be over',
    );
    const outcome = await ended;
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/^Succeeded: 5,000 rows, [\d,]+ bytes in 1 object, [\d.]+ s\n {2}s3:/);
    expect(outcome.stderr).toMatch(/Web UI while it runs: http:\/\/127/);
    const rows = await query('SELECT count(*)::INTEGER AS n, sum(id)::INTEGER AS s FROM read_parquet($out)', {
      out: await get(bucket, 'own/out.parquet'),
    });
    expect(rows).toEqual([{ n: ROWS, s: (ROWS * (ROWS - 1)) / 2 }]);
    expect(started.size).toBeGreaterThan(0);
    await poll(
      () => [...started].filter(isRunning),
      (left) => left.length === 0,
      'no process to be left',
    );
  });

  test('tells programs what came out; Temporal gets no credential', async () => {
    const digest = { action: 'DigestColumns', columns: ['id'], options: { algo: 'sha256', salt: SALT } };
    const resource = yaml('at-hand', {
      source: s3Side(bucket, 'in.csv'),
      destination: s3Side(bucket, 'at-hand/out.csv'),
      transformation: [digest],
    });
    const outcome = await run(resource, '-o', 'json');
    expect(outcome.code).toBe(0);
    expect(outcomeIn(outcome)).toMatchObject({
      status: 'Succeeded',
      result: {
        statistics: { rowsRead: ROWS, rowsWritten: ROWS },
        objects: [{ bucket, key: 'at-hand/out.csv' }],
      },
    });
    const findings = new Findings();
    findings.addJson('output', outcome);
    expect(await addHistories(findings, { namespace: `${bucket}/at-hand` })).toEqual(['batchTransfer']);
    for (const secret of [secretKey, accessKey, SALT]) expect(findings.search(secret)).toEqual([]);
    // and a control: what must be found is found
    expect(findings.search('at-hand/out.csv').map(({ place }) => place)).toContain(
      'history of batchTransfer',
    );
  });

  test('again: what the run before has written is replaced, what others have written stays', async () => {
    const place = await createBucket('again');
    await put(place, 'out/note.txt', 'not ours');
    const resource = yaml('again', {
      source: s3Side(place, 'in.csv'),
      destination: s3Side(place, 'out', { dataFormat: 'csv', partitionBy: ['day'] }),
    });
    await put(place, 'in.csv', 'day,x\n1,a\n2,b\n');
    expect(await run(resource)).toMatchObject({ code: 0 });
    const first = await keys(place);
    expect(first).toHaveLength(4);
    await put(place, 'in.csv', 'day,x\n2,c\n');
    expect(await run(resource)).toMatchObject({ code: 0 });
    const second = await keys(place);
    expect(second.filter((key) => key.includes('day=1'))).toEqual([]);
    expect(second).toContain('out/note.txt');
    const left = second.filter((key) => key.includes('day=2'));
    expect(left).toHaveLength(1);
    expect((await get(place, left[0]!)).toString()).toContain('c');
    expect(await workflows.ofNamespace(`${bucket}/again`)).toHaveLength(2);
  });

  test('ends with 1 when the transfer is Fatal, and says why', async () => {
    const resource = yaml('fatal', {
      source: s3Side(bucket, 'absent.csv'),
      destination: s3Side(bucket, 'fatal/out.csv'),
    });
    const text = await run(resource);
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^ddc: Fatal: .*absent\.csv does not exist/m);
    expect(text.stderr).not.toMatch(/\n\s+at /);
    const json = await run(resource, '-o', 'json');
    expect(json.code).toBe(1);
    expect(outcomeIn(json)).toMatchObject({ status: 'Fatal', error: expect.stringContaining('absent.csv') });
  });

  test('ends with 2, before anything is done, when resource or options are wrong', async () => {
    const wrong = yaml('wrong', { source: s3Side('', 'in.csv'), destination: s3Side(bucket, '') });
    const outcome = await run(wrong);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    for (const path of ['spec.source.s3.bucket', 'spec.destination.s3.objectKey'])
      expect(outcome.stderr).toContain(path);
    expect(await run('')).toMatchObject({ code: 2 });
    expect(await ddc(['run', '-f', 'absent.yaml'])).toMatchObject({
      code: 2,
      stderr: 'ddc: -f: absent.yaml cannot be read\n',
    });
    expect(await ddc(['run'])).toMatchObject({ code: 2 });
    expect(await ddc(['run', '--unknown'])).toMatchObject({ code: 2 });
    expect(await ddc(['run', '--help'])).toMatchObject({ code: 0 });
  });

  test('a Temporal server that is not there', async () => {
    const resource = yaml('nowhere', {
      source: s3Side(bucket, 'in.csv'),
      destination: s3Side(bucket, 'nowhere/out.csv'),
    });
    const outcome = await run(resource, '--temporal-address', '127.0.0.1:1');
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('ddc: Temporal at 127.0.0.1:1 cannot be reached');
  });

  test('Ctrl-C cancels it and leaves nothing; meanwhile there is no second one', async () => {
    const place = await createBucket('ctrl-c');
    const lines = Array.from({ length: 100_000 }, (_, index) => `${index},${'x'.repeat(50)}\n`);
    await put(place, 'in.csv', `id,text\n${lines.join('')}`);
    await put(place, 'out.csv', 'what was there');
    const resource = yaml('ctrl-c', {
      source: s3Side(place, 'in.csv'),
      destination: s3Side(place, 'out.csv'),
      ...SLOW,
    });
    const first = startDdc(['run', '-f', '-'], resource, SLOW_ENV);
    await poll(
      () => first.output().stderr,
      (stderr) => /copying .* [1-9]\d* of \d+ chunks/.test(stderr),
      'a chunk to be copied',
    );
    const second = await run(resource);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(`a run of ${bucket}/ctrl-c goes on already`);
    first.child.kill('SIGINT');
    const outcome = await first.ended;
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('ddc: cancelling; another Ctrl-C leaves at once');
    expect(outcome.stderr).toMatch(/ddc: cancelled: nothing was published.*\n$/);
    await expectOnly(place, ['in.csv', 'out.csv']);
    expect((await get(place, 'out.csv')).toString()).toBe('what was there');
  });
});
