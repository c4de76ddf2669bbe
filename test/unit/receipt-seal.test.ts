import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { receiptOf } from '../../activities/batch/receipt.ts';
import { keyName, newReceiptKeys } from '../../activities/receipts/keys.ts';
import { seal } from '../../activities/receipts/seal.ts';
import { unseal } from '../../activities/receipts/unseal.ts';
import { RECEIPT_INPUT, RECEIPT_PLAN } from '../support/receipt.ts';
import { runs } from '../support/runs.ts';

const pair = newReceiptKeys();
const privateKey = createPrivateKey(pair.privateKey);
const publicKey = createPublicKey(pair.publicKey);
const other = createPublicKey(newReceiptKeys().publicKey);
const objects = [{ key: 'out', etag: '"e"', bytes: 9 }];
const receipt = receiptOf(RECEIPT_INPUT, RECEIPT_PLAN, objects);
const sealed = seal(receipt, privateKey);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Paths of everything that a document says. */
function leaves(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, item]) =>
    leaves(item, [...path, Array.isArray(value) ? Number(name) : name]),
  );
}

function replaced(value: Json, [name, ...rest]: (string | number)[], by: Json): Json {
  if (name === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as Record<string, Json>) };
  (copy as Record<string, Json>)[name] = replaced((copy as Record<string, Json>)[name]!, rest, by);
  return copy;
}

const document = JSON.parse(JSON.stringify(sealed)) as Json;
const paths = leaves(document);
const valueAt = (path: (string | number)[]): Json =>
  path.reduce<Json>((value, name) => (value as Record<string, Json>)[name]!, document);

describe('a sealed receipt', () => {
  test('is what was sealed, however its JSON is spelt', () => {
    expect(unseal(JSON.stringify(sealed), publicKey)).toEqual({
      receipt,
      sha256: sealed.sha256,
      signedBy: keyName(publicKey),
      trusted: true,
    });
    const { sha256, signature, receipt: inner } = sealed;
    const turned = Object.fromEntries(Object.entries(inner).reverse());
    const spelt = JSON.stringify({ signature, sha256, receipt: turned }, undefined, 3);
    expect(unseal(spelt, publicKey).trusted).toBe(true);
  });

  test('the same receipt has the same seal: a repeated write changes nothing', () => {
    expect(seal(structuredClone(receipt), privateKey)).toEqual(sealed);
  });

  test('any change is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
        (path, by) => {
          fc.pre(valueAt(path) !== by);
          const changed = JSON.stringify(replaced(document, path, by));
          expect(() => unseal(changed, publicKey)).toThrow(/changed|signed|signature|not a receipt/);
          // whoever changes the receipt can make the hash fit, but not the signature
          const hashed = JSON.parse(changed) as typeof sealed;
          if (path[0] !== 'receipt') return;
          hashed.sha256 = seal(hashed.receipt, undefined).sha256;
          expect(() => unseal(JSON.stringify(hashed), publicKey)).toThrow('the signature is not that of');
        },
      ),
      { numRuns: runs(300) },
    );
  });

  test('anything added is refused, too', () => {
    expect(() => unseal(JSON.stringify({ ...sealed, note: 'x' }))).toThrow('changed');
    const more = { ...sealed, receipt: { ...receipt, note: 'x' } };
    expect(() => unseal(JSON.stringify(more))).toThrow('the receipt has been changed: its SHA-256 is');
  });

  test('by another key: refused where one is expected', () => {
    const foreign = JSON.stringify(sealed);
    expect(() => unseal(foreign, other)).toThrow(
      `the receipt is signed by ${keyName(publicKey)}, and not by the given key ${keyName(other)}`,
    );
    expect(unseal(foreign)).toMatchObject({ signedBy: keyName(publicKey), trusted: false });
  });

  test('not signed: refused where a key is expected', () => {
    const unsigned = JSON.stringify(seal(receipt, undefined));
    expect(unseal(unsigned)).toEqual({ receipt, sha256: sealed.sha256, trusted: false });
    expect(() => unseal(unsigned, publicKey)).toThrow('the receipt is not signed');
  });

  test.each([
    '',
    '{',
    '[]',
    '{"receipt":{}}',
    '"x"',
    `{"receipt":{"a":"\\ud800"},"sha256":"${'0'.repeat(64)}","signature":null}`,
  ])('no receipt: %s', (text) => {
    expect(() => unseal(text)).toThrow('not a receipt');
  });
});

describe('what a receipt says', () => {
  test('names of secret options, never where they are', () => {
    expect(receipt.transformations).toEqual([
      { action: 'DigestColumns', columns: ['a'], options: { algo: 'md5' }, secretOptions: ['salt'] },
    ]);
    expect(JSON.stringify(sealed)).not.toContain('"secret"');
  });

  test('counts add up', () => {
    expect(receipt.counts).toEqual({
      rowsRead: 4,
      rowsFiltered: 1,
      rowsWritten: 3,
      bytesRead: 20,
      bytesWritten: 9,
    });
  });

  test('of many objects the first 1,000, and the number of all', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ key: `k${index}`, etag: 'e', bytes: 1 }));
    const published = { ...RECEIPT_INPUT.published, objectCount: 1_001 };
    const { destination } = receiptOf({ ...RECEIPT_INPUT, published }, RECEIPT_PLAN, many);
    expect(destination.objectCount).toBe(1_001);
    expect(destination.objects).toEqual(many.slice(0, 1_000));
  });
});
