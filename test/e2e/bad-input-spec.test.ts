import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { createBucket, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const CSV = 'id,name\n1,a\n2,b\n';
const KAFKA = { kafkaBrokers: 'localhost:9092', kafkaTopic: 'payments' };

let stack: Stack;
let from: string;
let to: string;
const source = (): object => s3Side(from, 'in.csv');
const destination = (): object => s3Side(to, 'out.parquet');

beforeAll(async () => {
  stack = await startStack('bad-spec');
  from = await createBucket('bad-spec-from');
  to = await createBucket('bad-spec-to');
  await put(from, 'in.csv', CSV);
});
afterAll(() => stack.stop());

describe('refused at apply, by field', () => {
  test.each([
    [
      'two stores in one side',
      () => ({ source: { ...source(), kafka: KAFKA } }),
      ['spec.source', 'exactly one store is needed: s3 (or cos), kafka, database (or db) or cloudant'],
    ],
    ['no store in one side', () => ({ source: {} }), ['spec.source', 'exactly one store is needed']],
    [
      'an unknown field',
      () => ({ source: s3Side(from, 'in.csv', { bukcet: 'x' }) }),
      ['unknown field "spec.source.s3.bukcet"'],
    ],
    ['too many retries', () => ({ maxFailedRetries: 11 }), ['spec.maxFailedRetries', '11', '10']],
  ])('%s', async (what, bad, told) => {
    const name = what.replaceAll(' ', '-');
    const spec = { source: source(), destination: destination(), ...bad() };
    const { code, stderr } = await apply(batchTransfer(stack.namespace, name, spec));
    expect(code).toBe(1);
    for (const text of told) expect(stderr).toContain(text);
    expect(await getTransfer(stack.namespace, name)).toBeUndefined();
  });
});

describe('refused by the operator, before anything is started', () => {
  test.each([
    [
      'a cron that is none',
      { schedule: '61 * * * *' },
      'ConfigurationError',
      'spec.schedule: Constraint error, got value 61 expected range 0-59 (value "61 * * * *")',
    ],
    [
      'a cron of four fields',
      { schedule: '0 3 * *' },
      'ConfigurationError',
      'spec.schedule: Expected exactly 5 fields, found 4: 0 3 * *',
    ],
    [
      'an action that is none',
      { transformation: [{ action: 'RandomAction', columns: ['id'] }] },
      'ConfigurationError',
      'spec.transformation[0].action: unknown action; known are RemoveColumns, RedactColumns',
    ],
    [
      'a time zone that is none',
      { schedule: '0 3 * * *', timeZone: 'Berlin' },
      'ConfigurationError',
      'spec.timeZone: is no time zone of the IANA database; give a name such as Europe/Berlin',
    ],
    [
      'a kafka store',
      { destination: { kafka: KAFKA } },
      'Fatal',
      'spec.destination.kafka: the store kafka is not supported yet; supported stores: s3',
    ],
  ])('%s', async (what, bad, state, message) => {
    const name = what.replaceAll(' ', '-').toLowerCase();
    const spec = { source: source(), destination: destination(), ...bad };
    const status = await outcome(stack.namespace, name, spec);
    expect(status.status).toBe(state);
    expect(status.error).toContain(message);
    expect(status).not.toHaveProperty('active');
    expect(status).not.toHaveProperty('startTime');
    const events = await eventsOf(stack.namespace, name);
    expect(events.map(({ type, reason }) => [type, reason])).toEqual([['Warning', state]]);
    expect(events[0]!.message).toContain(message);
    await expectOnly(to, []);
  });

  test('a SyncTransfer', async () => {
    const spec = { source: { kafka: KAFKA }, destination: destination() };
    const resource = { ...batchTransfer(stack.namespace, 'sync', spec), kind: 'SyncTransfer' };
    expect((await apply(resource)).stderr).toBe('');
    const { stdout } = await kubectl([
      ...['wait', '-n', stack.namespace, 'synctransfer/sync', '--for=jsonpath={.status.status}=Fatal'],
      ...['--timeout=30s', '-o', 'jsonpath={.status.error}'],
    ]);
    expect(stdout).toContain('SyncTransfer is not supported yet; use a BatchTransfer to copy once');
  });

  test('source and destination are the same object', async () => {
    const spec = { source: source(), destination: source() };
    const status = await outcome(stack.namespace, 'onto-itself', spec);
    expect(status.status).toBe('ConfigurationError');
    expect(status.error).toContain(
      'spec.destination: source and destination are the same object; copy to another key or bucket',
    );
    expect((await get(from, 'in.csv')).toString()).toBe(CSV);
    await expectOnly(from, ['in.csv']);
  });

  test('a corrected spec runs', async () => {
    const spec = { source: source(), destination: s3Side(to, 'corrected.csv') };
    await outcome(stack.namespace, 'corrected', { ...spec, schedule: 'whenever' }, ['ConfigurationError']);
    await apply(batchTransfer(stack.namespace, 'corrected', spec));
    const status = await untilStatus(stack.namespace, 'corrected', ['Succeeded', 'Fatal']);
    expect(status).toMatchObject({ status: 'Succeeded', numRecords: 2 });
    expect(status.error).toBeUndefined();
    await expectOnly(to, ['corrected.csv']);
    await kubectl(['delete', 'batchtransfer', 'corrected', '-n', stack.namespace]);
  });
});

describe('transformations, named by field: refused at once, or when the source is known', () => {
  const redact = (columns: string[]): object => ({ action: 'RedactColumns', columns });
  const digest = (algo: string): object => ({ action: 'DigestColumns', columns: ['id'], options: { algo } });
  const filter = (clause: string): object => ({ action: 'FilterRows', options: { clause } });

  test.each([
    [
      'an unknown column',
      [redact(['nam'])],
      'Fatal',
      'spec.transformation[0].columns: column "nam" does not exist in the source; did you mean "name"? Columns: id, name',
    ],
    [
      'a column removed before',
      [{ action: 'RemoveColumns', columns: ['name'] }, redact(['name'])],
      'Fatal',
      'spec.transformation[1].columns: column "name"',
    ],
    [
      'md5000',
      [digest('md5000')],
      'ConfigurationError',
      "spec.transformation[0].options.algo: Algorithm 'md5000' is not supported! Supported: md5, sha1",
    ],
    [
      'a statement for a filter',
      [filter('1; DROP TABLE x')],
      'ConfigurationError',
      'spec.transformation[0].options.clause: ',
    ],
    [
      'a subquery for a filter',
      [filter('id IN (SELECT 1)')],
      'ConfigurationError',
      'spec.transformation[0].options.clause: subqueries are not allowed in a filter',
    ],
    [
      'a function that reads files',
      [filter("length(read_text('/etc/passwd')) > 0")],
      'ConfigurationError',
      'spec.transformation[0].options.clause: ',
    ],
    [
      'a number for a filter',
      [filter('id + 1')],
      'Fatal',
      'spec.transformation[0].options.clause: the clause is of type BIGINT, not a condition; compare it with something',
    ],
    [
      'no clause',
      [{ action: 'FilterRows' }],
      'ConfigurationError',
      "No 'clause' specified for filterrows transformation!",
    ],
  ])('%s', async (what, transformation, state, message) => {
    const spec = { source: source(), destination: destination(), transformation };
    const status = await outcome(stack.namespace, what.replaceAll(' ', '-'), spec);
    expect(status.status).toBe(state);
    expect(status.error).toContain(message);
    expect(status.error).not.toMatch(/\bat .*\.ts\b|\n/);
    await expectOnly(to, []);
  });
});
