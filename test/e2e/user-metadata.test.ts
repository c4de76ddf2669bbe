import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { stores } from '../support/stores.ts';

/** Of this many bytes, what a copy adds still fits into S3's 2,048; of the other, not. */
const FITS = { pad: 'v'.repeat(1_850) };
const FULL = { pad: 'v'.repeat(1_990) };
/** Several parts where the bytes pass through the worker. */
const LARGE = Buffer.alloc(17 * 2 ** 20);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack('metadata');
});
afterAll(() => stack.stop());

describe.each(stores)('$name: a copy adds metadata of its own', (store) => {
  async function copy(name: string, from: string, to: string) {
    const side = (key: string): object => store.s3Side(bucket, key, { dataFormat: 'binary' });
    const resource = `${store.name}-${name}`;
    const spec = { source: side(from), destination: side(to) };
    expect((await apply(batchTransfer(stack.namespace, resource, spec))).stderr).toBe('');
    return untilStatus(stack.namespace, resource, ['Succeeded', 'Fatal']);
  }

  let bucket: string;
  beforeAll(async () => {
    bucket = await store.createBucket('metadata');
    await store.put(bucket, 'fits/a', 'a', { Metadata: FITS });
    await store.put(bucket, 'full/a', 'a');
    await store.put(bucket, 'full/b', 'b', { Metadata: FULL });
    await store.put(bucket, 'large', LARGE, { Metadata: FULL });
  });

  test.each([
    ['one', 'fits/a', 'out/fits', 'out/fits'],
    ['many', 'fits/', 'out/fitting/', 'out/fitting/a'],
  ])('%s: that fits', async (name, from, to, key) => {
    expect(await copy(`${name}-fits`, from, to)).toMatchObject({ status: 'Succeeded' });
    expect((await store.headersOf(bucket, key)).Metadata).toMatchObject(FITS);
  });

  test.each([
    ['one', 'full/b', 'bad/one', 'full/b'],
    ['many', 'full/', 'bad/many/', 'full/b'],
    ['large', 'large', 'bad/large', 'large'],
  ])('%s: that does not fit, and nothing becomes visible', async (name, from, to, key) => {
    const status = await copy(`${name}-full`, from, to);
    expect(status).toMatchObject({
      status: 'Fatal',
      error: expect.stringMatching(
        new RegExp(
          `^s3://${bucket}/${key}: its metadata takes 2\\d\\d\\d bytes .* and S3 stores hold 2048; remove`,
        ),
      ),
    });
    expect((await store.keys(bucket)).filter((found) => /^(bad|\.ddc)\//.test(found))).toEqual([]);
    expect(await store.uploads(bucket)).toEqual([]);
  });
});
