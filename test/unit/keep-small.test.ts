import { expect, test } from '@jest/globals';
import { keepSmall } from '../../activities/batch/keep-small.ts';
import { readRange } from '../../activities/formats/bytes.ts';
import type { ObjectStore } from '../../activities/stores/object-store.ts';

const objectOf = (key: string, size: number) => ({ key, size, etag: '"e"' });

function storeOf(failures = 0): { store: ObjectStore; reads: string[] } {
  const reads: string[] = [];
  const store: Pick<ObjectStore, 'open'> = {
    open: ({ key, size }) => ({
      location: key,
      size,
      async read(start, end) {
        reads.push(`${key} ${start}-${end}`);
        if (reads.length <= failures) throw new Error('away');
        return (async function* bytes() {
          yield Buffer.alloc(end - start, key);
        })();
      },
    }),
  };
  return { store: store as ObjectStore, reads };
}

test('what is small is read once, whatever is asked for', async () => {
  const { store, reads } = storeOf();
  const keeping = keepSmall(store, 100);
  const object = objectOf('a', 60);
  expect(await readRange(keeping.open(object), 50, 60)).toEqual(Buffer.alloc(10, 'a'));
  expect(await readRange(keeping.open(object), 0, 60)).toEqual(Buffer.alloc(60, 'a'));
  expect(reads).toEqual(['a 0-60']);
});

test('another version is another object', async () => {
  const { store, reads } = storeOf();
  const keeping = keepSmall(store, 100);
  await readRange(keeping.open(objectOf('a', 5)), 0, 5);
  await readRange(keeping.open({ ...objectOf('a', 5), etag: '"f"' }), 0, 5);
  expect(reads).toHaveLength(2);
});

test('no more is kept than allowed, of all together', async () => {
  const { store, reads } = storeOf();
  const keeping = keepSmall(store, 100);
  await readRange(keeping.open(objectOf('a', 60)), 0, 1);
  await readRange(keeping.open(objectOf('b', 60)), 0, 1);
  await readRange(keeping.open(objectOf('b', 60)), 1, 2);
  expect(reads).toEqual(['a 0-60', 'b 0-1', 'b 1-2']);
});

test('a read that failed is tried again', async () => {
  const { store, reads } = storeOf(1);
  const reader = keepSmall(store, 100).open(objectOf('a', 60));
  await expect(readRange(reader, 0, 10)).rejects.toThrow('away');
  expect(await readRange(reader, 0, 10)).toEqual(Buffer.alloc(10, 'a'));
  expect(reads).toHaveLength(2);
});
