import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf } from '../support/csv.ts';
import { ddc } from '../support/ddc.ts';
import { FYBRIK_FIXTURES, fybrikManifest } from '../support/fybrik-fixtures.ts';
import { CHARTS, helm } from '../support/helm.ts';
import {
  apply,
  batchTransfer,
  createNamespace,
  eventsOf,
  getTransfer,
  kubectl,
  untilStatus,
} from '../support/kubernetes.ts';
import { motionTransfer, untilMotionGone, untilMotionStatus } from '../support/motion.ts';
import { expectOnly } from '../support/outcome.ts';
import { query } from '../support/query.ts';
import { accessKey, createBucket, endpoint, get, put, s3Side, secretKey } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { vaultOf } from '../support/vault.ts';

const ROWS = 4_000;
const ENDED = ['SUCCEEDED', 'FAILED'];
const server = vaultOf(process.env);

let stack: Stack;
let files: string;
let from: string;
/** Vault block of a Fybrik value. */
let vault: object;

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'ddc-fybrik-'));
  const workers = await createNamespace('fybrik-worker');
  const auth = await server.kubernetesAuth(workers);
  await writeFile(join(files, 'token'), await server.serviceAccount(workers, 'worker', server.AUDIENCE));
  const kv = await server.mount('kv', { version: '1' });
  // in Fybrik's spelling
  await server.admin('POST', `${kv}/store`, { access_key: accessKey, secret_key: secretKey });
  await server.admin('POST', `${auth}/role/module`, {
    bound_service_account_names: ['worker'],
    bound_service_account_namespaces: [workers],
    audience: server.AUDIENCE,
    token_policies: [await server.policy('module', `${kv}/store`)],
  });
  vault = {
    address: server.address,
    authPath: `/v1/${auth}/login`,
    role: 'module',
    secretPath: `/v1/${kv}/store`,
  };
  from = await createBucket('fybrik-from');
  await put(
    from,
    'PS_1.csv',
    csvOf('step,nameOrig,amount,isFraud', ROWS, (index) => `${index},C${index},${index}.5,0`),
  );
  stack = await startStack('fybrik', {
    DDC_CHUNK_BYTES: '16Ki',
    DDC_VAULT_TOKEN_FILE: join(files, 'token'),
  });
  // it takes some seconds until it has failed for the first time
  const destination = s3Side(from, 'o.csv', { endpoint: 'http://127.0.0.1:1' });
  await apply(motion('down', from, 'PS_1.csv', { destination, maxFailedRetries: 10 }));
});
afterAll(async () => {
  await stack.stop();
  await rm(files, { recursive: true });
});

const motion = (name: string, to: string, source = 'PS_1.csv', more: object = {}): object =>
  motionTransfer(stack.namespace, name, {
    source: s3Side(from, source),
    destination: s3Side(to, `${name}.csv`),
    ...more,
  });
const remove = (resource: string): Promise<unknown> =>
  kubectl(['delete', resource, '-n', stack.namespace, '--wait=false']);
const inNamespace = (...args: string[]) => ddc([...args, '-n', stack.namespace]);

describe('manifests of others', () => {
  test.each(FYBRIK_FIXTURES)('%s applies as it is', async (name) => {
    const args = ['apply', '--dry-run=server', '-n', stack.namespace, '-f', '-'];
    const { stdout, stderr } = await kubectl(args, fybrikManifest(name));
    expect(stderr).toBe('');
    expect(stdout).toContain(`/${name} created (server dry run)`);
  });

  test('a StreamTransfer says that streaming comes later', async () => {
    const manifest = fybrikManifest('sample-stream');
    expect((await kubectl(['apply', '-n', stack.namespace, '-f', '-'], manifest)).stderr).toBe('');
    const status = await untilMotionStatus(stack.namespace, 'streamtransfer/sample-stream', ENDED);
    expect(status).toMatchObject({
      status: 'FAILED',
      state: 'Fatal',
      error: expect.stringContaining('StreamTransfer is not supported yet'),
    });
    await remove('streamtransfer/sample-stream');
    await untilMotionGone(stack.namespace, 'streamtransfer/sample-stream');
  });
});

describe('what Fybrik does with its module', () => {
  test('the chart is rendered with its values, applied, and the copy is one object, redacted', async () => {
    const to = await createBucket('fybrik-to');
    const side = (bucket: string, object_key: string, format: string, access: string): object => ({
      connection: { name: 's3', s3: { endpoint, bucket, object_key, region: 'us-east-1' } },
      format,
      vault: { [access]: vault },
    });
    const values = {
      labels: { 'app.fybrik.io/app-name': 'my-notebook' },
      assets: [
        {
          assetID: 'fybrik-notebook-sample/paysim-csv',
          capability: 'copy',
          args: [side(from, 'PS_1.csv', 'csv', 'read'), side(to, 'paysim-csv0a1b2c3d4e', 'parquet', 'write')],
          transformations: [
            { name: 'RemoveAction', RemoveAction: { columns: ['isFraud'] } },
            { name: 'RedactAction', RedactAction: { columns: ['nameOrig'] } },
          ],
        },
      ],
    };
    const { stdout: manifest, stderr } = await helm(['template', 'paysim', CHARTS.batch], values);
    expect(stderr).toBe('');
    expect((await kubectl(['apply', '-n', stack.namespace, '-f', '-'], manifest)).stderr).toBe('');
    const resource = 'batchtransfer.motion.fybrik.io/paysim';
    const status = await untilMotionStatus(stack.namespace, resource, ENDED);
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ status: 'SUCCEEDED', state: 'Succeeded', numRecords: ROWS });
    // nothing else that the Arrow Flight module would take for data
    await expectOnly(to, ['paysim-csv0a1b2c3d4e']);
    const copy = await get(to, 'paysim-csv0a1b2c3d4e');
    expect(await query('SELECT * FROM read_parquet($copy) WHERE step < 2 ORDER BY step', { copy })).toEqual([
      { step: '0', nameOrig: 'XXXXX', amount: 0.5 },
      { step: '1', nameOrig: 'XXXXX', amount: 1.5 },
    ]);
    const success = (await eventsOf(stack.namespace, 'paysim')).find(({ reason }) => reason === 'Success');
    expect(success).toMatchObject({
      message: `Ingested ${ROWS} records!`,
      involvedObject: { apiVersion: 'motion.fybrik.io/v1alpha1', kind: 'BatchTransfer' },
    });
    // Fybrik removes the data itself
    await remove(resource);
    await untilMotionGone(stack.namespace, resource);
    await expectOnly(to, ['paysim-csv0a1b2c3d4e']);
  });

  test('a copy that cannot work has FAILED', async () => {
    const to = await createBucket('fybrik-to');
    await apply(motion('no-source', to, 'none.csv'));
    const resource = 'batchtransfer.motion.fybrik.io/no-source';
    const status = await untilMotionStatus(stack.namespace, resource, ENDED);
    expect(status).toMatchObject({ status: 'FAILED', state: 'Fatal' });
    expect(status.error).toContain('none.csv');
    await expectOnly(to, []);
  });
});

describe('two BatchTransfers of one name, one in each group', () => {
  test('do not disturb each other', async () => {
    const [to, other] = [await createBucket('fybrik-to'), await createBucket('fybrik-to')];
    const spec = { source: s3Side(from, 'PS_1.csv'), destination: s3Side(other, 'same.csv') };
    await Promise.all([apply(motion('same', to)), apply(batchTransfer(stack.namespace, 'same', spec))]);
    const resource = 'batchtransfer.motion.fybrik.io/same';
    const status = await untilMotionStatus(stack.namespace, resource, ENDED);
    expect(status).toMatchObject({ status: 'SUCCEEDED', objects: [{ bucket: to, key: 'same.csv' }] });
    expect(await untilStatus(stack.namespace, 'same', ['Succeeded', 'Fatal'])).toMatchObject({
      status: 'Succeeded',
      objects: [{ bucket: other, key: 'same.csv' }],
    });

    const listed = (await inNamespace('get')).stdout.match(/^same .* (Succeeded|SUCCEEDED) +100 %/gm);
    expect(listed).toHaveLength(2);
    expect((await inNamespace('describe', 'same')).stderr).toContain(
      'batchtransfers.fybrik.io/same or batchtransfers.motion.fybrik.io/same',
    );
    expect((await inNamespace('describe', resource)).stdout).toMatch(/^STATUS +SUCCEEDED$/m);
    const { stdout: shown } = await kubectl(['get', resource, '-n', stack.namespace]);
    expect(shown.split('\n')[0]).toMatch(/^NAME +SOURCE +DESTINATION +SCHEDULE +STATUS/);

    await remove(resource);
    await untilMotionGone(stack.namespace, resource);
    await expectOnly(to, []);
    await expectOnly(other, ['same.csv']);
    expect((await getTransfer(stack.namespace, 'same'))?.status?.status).toBe('Succeeded');
  });
});

test('a copy that recovers is RUNNING, and a condition says what is due', async () => {
  const resource = 'batchtransfer.motion.fybrik.io/down';
  const status = await untilMotionStatus(
    stack.namespace,
    resource,
    [...ENDED, 'RUNNING'],
    ({ status: said, state }) => said !== 'RUNNING' || state === 'Failed',
  );
  expect(status).toMatchObject({ status: 'RUNNING', state: 'Failed', retry: { maxAttempts: 10 } });
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Progressing', status: 'True', reason: 'Retrying' }),
  );
  await remove(resource);
  await untilMotionGone(stack.namespace, resource);
});
