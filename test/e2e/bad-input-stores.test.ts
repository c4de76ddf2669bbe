import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { eventsOf, kubectl, untilStatus } from '../support/kubernetes.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { accessKey, createBucket, endpoint, get, put, s3Side, secretKey } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const NOBODY = { accessKey: 'nobody', secretKey: 'no-such-secret' };
const WRONG = { accessKey, secretKey: 'not-the-secret' };
const ANONYMOUS = { accessKey: undefined, secretKey: undefined };

let stack: Stack;
let from: string;
let to: string;

beforeAll(async () => {
  // Of a chunk each, or of several.
  stack = await startStack('bad-store', { DDC_CHUNK_BYTES: '1Ki' });
  from = await createBucket('bad-store-from');
  to = await createBucket('bad-store-to');
  await put(from, 'small.csv', 'id,name\n1,a\n2,b\n');
  await put(
    from,
    'large.csv',
    `id,name\n${Array.from({ length: 500 }, (_, id) => `${id},n${id}\n`).join('')}`,
  );
});
afterAll(() => stack.stop());

/** A port on which nothing listens. */
async function unreachable(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

function expectPlain(status: ResourceStatus): void {
  for (const secret of [secretKey, NOBODY.secretKey, WRONG.secretKey])
    expect(JSON.stringify(status)).not.toContain(secret);
  expect(status.error).not.toMatch(/\bat .*\.ts\b|\n/);
}

/** Applies, expects Fatal with a Warning event of the same words, and a destination without a trace. */
async function fatal(name: string, source: object, destination: object, message: string): Promise<void> {
  const status = await outcome(stack.namespace, name, { source, destination });
  expect(status.status).toBe('Fatal');
  expect(status.error).toContain(message);
  expectPlain(status);
  const warnings = (await eventsOf(stack.namespace, name)).filter(({ type }) => type === 'Warning');
  expect(warnings.map((event) => [event.reason, event.message])).toEqual([['Fatal', status.error]]);
  await expectOnly(to, []);
}

describe('a source that is not there', () => {
  test('object', () =>
    fatal(
      'no-object',
      s3Side(from, 'smal.csv'),
      s3Side(to, 'out.parquet'),
      `spec.source.s3.objectKey: s3://${from}/smal.csv does not exist at ${endpoint}`,
    ));

  test('bucket', () =>
    fatal(
      'no-bucket',
      s3Side('no-such-bucket', 'small.csv'),
      s3Side(to, 'out.parquet'),
      `bucket no-such-bucket at ${endpoint} does not exist`,
    ));
});

describe.each([['small.csv'], ['large.csv']])('a destination that is not there, for %s', (key) => {
  test('bucket', () =>
    fatal(
      `no-bucket-for-${key}`,
      s3Side(from, key),
      s3Side('no-such-bucket', 'out.parquet'),
      'no-such-bucket',
    ));

  test('credentials', () =>
    fatal(
      `no-access-for-${key}`,
      s3Side(from, key),
      s3Side(to, 'out.parquet', WRONG),
      `s3://${to}/out.parquet: access denied; check accessKey, secretKey and their permissions`,
    ));
});

describe('wrong credentials', () => {
  test.each([
    ['another secret key', WRONG, 'looking at s3://FROM/small.csv'],
    ['another access key', NOBODY, 'looking into bucket FROM'],
    ['none', ANONYMOUS, 'looking at s3://FROM/small.csv'],
  ])('%s', (what, credentials, doing) =>
    fatal(
      `with-${what.replaceAll(' ', '-')}`,
      s3Side(from, 'small.csv', credentials),
      s3Side(to, 'out.parquet'),
      `${doing.replace('FROM', from)}: access denied; check accessKey, secretKey and their permissions`,
    ),
  );
});

describe('an endpoint that does not answer', () => {
  test('Failed with attempt and time; Fatal at once where no retry is allowed', async () => {
    const nowhere = await unreachable();
    const spec = {
      source: s3Side(from, 'small.csv', { endpoint: nowhere }),
      destination: s3Side(to, 'out.parquet'),
    };
    const message = `looking at s3://${from}/small.csv: cannot reach ${nowhere}: connection refused`;
    const before = Date.now();
    const failed = await outcome(stack.namespace, 'unreachable', spec, ['Failed', 'Fatal', 'Succeeded']);
    expect(failed).toMatchObject({ status: 'Failed', error: message, retry: { attempt: 1, maxAttempts: 3 } });
    expect(Date.parse(failed.retry!.nextRetryTime!)).toBeGreaterThan(before);
    expectPlain(failed);
    await expectOnly(to, []);

    const patch = JSON.stringify({ spec: { maxFailedRetries: 0 } });
    await kubectl(['patch', 'bt', 'unreachable', '-n', stack.namespace, '--type=merge', '-p', patch]);
    const ended = await untilStatus(stack.namespace, 'unreachable', ['Fatal', 'Succeeded']);
    expect(ended).toMatchObject({ status: 'Fatal', error: message });
    expect(ended).not.toHaveProperty('retry');
    expectPlain(ended);
    await expectOnly(to, []);
    const warnings = (await eventsOf(stack.namespace, 'unreachable')).filter(
      ({ type }) => type === 'Warning',
    );
    expect(warnings.map((event) => [event.reason, event.message])).toEqual(
      expect.arrayContaining([
        ['Failed', `${message} (retry 1 of 3 is due)`],
        ['Fatal', message],
      ]),
    );
  });
});

describe('what was at the destination', () => {
  test('stays as it was when the run is fatal', async () => {
    await put(to, 'before.parquet', 'as it was');
    const spec = {
      source: s3Side(from, 'small.csv'),
      destination: s3Side(to, 'before.parquet', WRONG),
    };
    const status = await outcome(stack.namespace, 'keeps', spec);
    expect(status.status).toBe('Fatal');
    expect((await get(to, 'before.parquet')).toString()).toBe('as it was');
    await expectOnly(to, ['before.parquet']);
  });
});
