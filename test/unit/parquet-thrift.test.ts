import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeStruct, encodeStruct, ThriftError, TYPE } from '../../activities/formats/parquet/thrift.ts';
import type { Struct, Value } from '../../activities/formats/parquet/thrift.ts';
import { runs } from '../support/runs.ts';

const binary = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));

/** Any structure that the protocol can say, a few levels deep. */
const { struct } = fc.letrec<{ struct: Struct; typed: [number, Value] }>((tie) => ({
  typed: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.constantFrom(TYPE.i16), fc.integer({ min: -32_768, max: 32_767 })),
    fc.tuple(fc.constant(TYPE.i32), fc.integer()),
    fc.tuple(fc.constant(TYPE.i64), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    fc.tuple(fc.constant(TYPE.i8), fc.nat(255)),
    fc.tuple(
      fc.constant(TYPE.double),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    ),
    fc.tuple(fc.constant(TYPE.binary), binary),
    fc.tuple(
      fc.constantFrom(TYPE.list, TYPE.set),
      fc
        .array(fc.bigInt({ min: -9n, max: 2n ** 40n }), { maxLength: 20 })
        .map((items) => ({ of: TYPE.i64, items })),
    ),
    fc.tuple(
      fc.constant(TYPE.list),
      fc.array(tie('struct'), { maxLength: 3 }).map((items) => ({ of: TYPE.struct, items })),
    ),
    fc.tuple(fc.constant(TYPE.struct), tie('struct')),
  ) as fc.Arbitrary<[number, Value]>,
  struct: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.oneof(tie('typed'), fc.boolean())), {
      maxLength: 6,
      selector: ([id]) => id,
    })
    .map(
      (fields): Struct =>
        new Map(
          fields.map(([id, field]) => [
            id,
            typeof field === 'boolean'
              ? { type: field ? TYPE.true : TYPE.false, value: field }
              : { type: field[0], value: field[1] },
          ]),
        ),
    ),
}));

describe('thrift compact protocol', () => {
  test('what is encoded is decoded again, in any order of fields', () => {
    fc.assert(fc.property(struct, (value) => expect(decodeStruct(encodeStruct(value))).toEqual(value)));
  });

  test('what is decoded is encoded to the same bytes', () => {
    fc.assert(
      fc.property(struct, (value) => {
        const bytes = encodeStruct(value);
        expect(encodeStruct(decodeStruct(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  test('reads the encodings of the specification', () => {
    // field 1 i32 = -2, field 17 (long form) binary 'hi', field 18 true, stop
    const bytes = Buffer.from([0x15, 0x03, 0x08, 0x22, 0x02, 0x68, 0x69, 0x11, 0x00]);
    expect(decodeStruct(bytes)).toEqual(
      new Map<number, unknown>([
        [1, { type: TYPE.i32, value: -2 }],
        [17, { type: TYPE.binary, value: Buffer.from('hi') }],
        [18, { type: TYPE.true, value: true }],
      ]),
    );
  });

  test('every truncation is noticed', () => {
    fc.assert(
      fc.property(struct, fc.nat(), (value, seed) => {
        const bytes = encodeStruct(value);
        const cut = seed % bytes.length;
        expect(() => decodeStruct(bytes.subarray(0, cut))).toThrow(ThriftError);
      }),
    );
  });

  test('hostile bytes give an answer or a ThriftError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeStruct(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ThriftError);
        }
      }),
      { numRuns: runs(3000) },
    );
  });

  test.each([
    ['a list of 2^60 elements', [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]],
    ['a string of 2 GiB', [0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00]],
    ['a number that never ends', [0x16, ...Array.from({ length: 30 }, () => 0x80)]],
    ['an i32 beyond 32 bits', [0x15, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00]],
    ['structures 1000 deep', Array.from({ length: 1000 }, () => 0x1c)],
    ['lists 1000 deep', [0x19, ...Array.from({ length: 1000 }, () => 0x19)]],
    ['a field twice', [0x15, 0x02, 0x05, 0x02, 0x02, 0x00]],
    ['a map', [0x1b, 0x01, 0x55, 0x02, 0x02, 0x00]],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeStruct(Buffer.from(bytes))).toThrow(ThriftError);
  });
});
