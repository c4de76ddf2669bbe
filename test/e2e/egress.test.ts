import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { expectOnly, outcome } from '../support/outcome.ts';
import { createBucket, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const { host } = new URL(process.env['DDC_S3_ENDPOINT']!);

let directory: string;
let stack: Stack;
let mine: string;
let others: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddc-egress-'));
  mine = await createBucket('mine');
  others = await createBucket('others');
  await put(mine, 'in.csv', 'a,b\n1,2\n');
  const file = join(directory, 'policy.yaml');
  const rules = { endpoints: [host, '10.0.0.0/8:1'], buckets: [mine] };
  await writeFile(file, stringify({ namespaces: { '*': rules } }));
  stack = await startStack('egress', { DDC_EGRESS_POLICY: file });
});
afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true });
});

const copy = (name: string, bucket: string, more: Record<string, unknown> = {}) =>
  outcome(stack.namespace, name, {
    source: s3Side(mine, 'in.csv'),
    destination: s3Side(bucket, 'out.csv', more),
  });

test('a namespace copies to where the policy lets it, and the status says where it does not', async () => {
  expect(await copy('allowed', mine)).toMatchObject({ status: 'Succeeded' });
  expect(await copy('bucket', others)).toMatchObject({
    status: 'ConfigurationError',
    error: `spec.destination.s3.bucket: the egress policy does not let namespace "${stack.namespace}" use "${others}"; allowed: ${mine} (value "${others}")`,
  });
  expect(await copy('metadata', mine, { endpoint: 'http://0xa9fea9fe' })).toMatchObject({
    status: 'ConfigurationError',
    error: expect.stringContaining('spec.destination.s3.endpoint: nothing is sent to 169.254.169.254'),
  });
  // its address shows when it is connected to
  const { status, error } = await copy('resolved', mine, { endpoint: 'http://localhost:1' });
  expect({ status, error }).toEqual({
    status: 'Fatal',
    error: expect.stringMatching(
      `does not let namespace "${stack.namespace}" reach localhost, which is at .*; allowed: ${host}, 10`,
    ),
  });
  await expectOnly(mine, ['in.csv', 'out.csv']);
  await expectOnly(others, []);
});
