import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kindCopies, type KindCopies } from '../support/kind-copies.ts';
import { kindReferences, type KindReferences } from '../support/kind-references.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { faultsFor } from '../support/store-faults.ts';

/** Another one makes other requests fail. */
const SEED = Number(process.env['DDC_FAULT_SEED'] ?? 1);
const ROUNDS = 2;

let stack: Stack;
let copies: KindCopies;
let references: KindReferences;

beforeAll(async () => {
  stack = await startStack('store-faults', { DDC_CHUNK_BYTES: '100Ki', DDC_STORE_TIMEOUT: '2' });
  copies = await kindCopies(stack, process.env);
  references = await kindReferences(copies);
});
afterAll(async () => {
  await stack.stop();
  await copies.close();
});

test(`one in ten exchanges with the store fails, in every way, for copies of every kind (seed ${SEED})`, async () => {
  const before = copies.proxy.seen.length;
  copies.proxy.fault = faultsFor(0.1, SEED);
  const started = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const kind of copies.kinds) {
      const name = `${kind}-${round}`;
      await copies.start(kind, name);
      started.set(name, kind);
    }
  await references.expectSame(started);

  const ways = new Set(copies.proxy.faults.map(({ kind, done }) => `${kind} ${done}`));
  expect(ways.size).toBe(9);
  expect(copies.proxy.faults.length).toBeGreaterThan(0.05 * (copies.proxy.seen.length - before));
  expect(copies.repeated().filter((line) => !line.includes('/0/chunks/'))).toEqual([]);
}, 300_000);
