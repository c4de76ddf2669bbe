import { describe, expect, test } from '@jest/globals';
import { readOnce } from '../../activities/secrets/read-once.ts';
import { resourceSecrets } from '../../activities/secrets/resource.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';

const reference: SecretReference = {
  kind: 'resource',
  apiVersion: 'fybrik.io/v1',
  resourceKind: 'BatchTransfer',
  namespace: 'ns',
  name: 'copy',
  uid: 'uid-1',
  path: ['spec', 'transformation', '1', 'options'],
};
const options = { key: 'CANARY', keepLast: 4 };
const resource = {
  metadata: { uid: 'uid-1', generation: 3 },
  spec: { transformation: [{}, { options }] },
};
const resolve = (more: Partial<SecretReference>) =>
  resourceSecrets(() => Promise.resolve(resource)).resolve({ ...reference, ...more });

describe('options of a transformation that are secret', () => {
  test('are the texts at their place in the resource', async () => {
    expect(await resolve({})).toEqual({ key: 'CANARY' });
    expect(await resolve({ generation: 3 })).toEqual({ key: 'CANARY' });
  });

  test('of another generation are not taken: half of a copy would have another key', async () => {
    const refused = resolve({ generation: 2 });
    await expect(refused).rejects.toMatchObject({
      code: 'SecretUnavailable',
      class: 'retry',
      message: 'BatchTransfer ns/copy was changed while this run of generation 2 was under way',
    });
  });

  test.each([
    [{ uid: 'uid-2' }, 'ResourceGone'],
    [{ path: ['spec', 'transformation', '2', 'options'] }, 'SecretNotFound'],
  ])('do not exist any more: %j', async (more, code) => {
    await expect(resolve(more)).rejects.toMatchObject({ code });
  });
});

test('one resource is read once, another one too', async () => {
  const read: string[] = [];
  const secrets = resourceSecrets(
    readOnce(async ({ name }) => {
      read.push(name);
      return resource;
    }),
  );
  await Promise.all([secrets.resolve(reference), secrets.resolve(reference)]);
  await secrets.resolve({ ...reference, name: 'other' });
  expect(read).toEqual(['copy', 'other']);
});
