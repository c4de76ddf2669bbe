import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BitRuns, ByteRuns } from '../../activities/formats/orc/read/byte-runs.ts';
import { ByteSource } from '../../activities/formats/orc/read/byte-source.ts';
import { blocksOf } from '../../activities/formats/orc/read/blocks.ts';
import { IntegerRunsV2 } from '../../activities/formats/orc/read/runs-v2.ts';
import { Bits } from '../../activities/formats/orc/write/bits.ts';
import {
  BLOCK_BYTES,
  compressionNamed,
  compressionOfKind,
} from '../../activities/formats/orc/write/blocks.ts';
import { writeByteRuns } from '../../activities/formats/orc/write/byte-runs.ts';
import { ByteStream, compressSection } from '../../activities/formats/orc/write/byte-stream.ts';
import { writeIntegers } from '../../activities/formats/orc/write/integer-runs.ts';
import { writeLongs } from '../../activities/formats/orc/write/long-runs.ts';
import { writeSigned128 } from '../../activities/formats/orc/write/varint.ts';
import { runs } from '../support/runs.ts';

const NONE = compressionNamed('none');
/** Numbers up to here, whatever their sign, are written as such; larger ones as halves. */
const LIMIT = 2 ** 51;

function written(write: (out: ByteStream) => void): Buffer {
  const out = new ByteStream(NONE);
  write(out);
  return Buffer.concat(out.finish());
}

const source = (bytes: Buffer): ByteSource => new ByteSource(blocksOf(bytes, undefined, BLOCK_BYTES));

function decoded(bytes: Buffer, count: number, signed: boolean): bigint[] {
  const pairs = new Int32Array(2 * count);
  const from = source(bytes);
  new IntegerRunsV2(from, signed).read(pairs, count);
  expect(from.position).toBe(bytes.length);
  return [...new BigInt64Array(pairs.buffer)];
}

/** Stretches of every shape that has an encoding of its own, one after another. */
const stretches = (least: number, most: number): fc.Arbitrary<number[]> => {
  const value = fc.oneof(
    fc.integer({ min: Math.max(least, -200), max: 200 }),
    fc.double({ min: least, max: most, noNaN: true }).map(Math.trunc),
    fc.constantFrom(least, most),
  );
  const clamp = (number: number): number => Math.min(most, Math.max(least, number));
  const stretch = fc.oneof(
    fc.array(value, { maxLength: 600, size: 'max' }),
    fc.tuple(value, fc.nat(1100)).map(([repeated, count]) => Array.from({ length: count }, () => repeated)),
    fc
      .tuple(value, fc.integer({ min: -1000, max: 1000 }), fc.nat(600))
      .map(([first, step, count]) => Array.from({ length: count }, (_, i) => clamp(first + i * step))),
    fc.array(value, { maxLength: 600, size: 'max' }).map((values) => values.sort((a, b) => a - b)),
    fc.array(value, { maxLength: 600, size: 'max' }).map((values) => values.sort((a, b) => b - a)),
  );
  return fc.array(stretch, { maxLength: 5 }).map((parts) => parts.flat());
};

describe('integers', () => {
  test.each([true, false])('come back as they were, signed: %s', (signed) => {
    fc.assert(
      fc.property(stretches(signed ? -LIMIT + 1 : 0, LIMIT - 1), (values) => {
        const bytes = written((out) => writeIntegers(out, Float64Array.from(values), values.length, signed));
        expect(decoded(bytes, values.length, signed)).toEqual(values.map(BigInt));
      }),
      { numRuns: runs(300) },
    );
  });

  test('of 64 bits come back as they were', () => {
    const sized = fc.tuple(fc.nat(63), fc.boolean()).chain(([bits, negative]) => {
      const limit = 2n ** BigInt(bits);
      return fc.array(fc.bigInt(negative ? -limit : 0n, limit - 1n), { size: 'large' });
    });
    const small = stretches(-LIMIT + 1, LIMIT - 1).map((list) => list.map(BigInt));
    const values = fc.array(fc.oneof(sized, small), { maxLength: 4 });
    fc.assert(
      fc.property(values, (parts) => {
        const all = BigInt64Array.from(parts.flat());
        const bytes = written((out) => writeLongs(out, new Int32Array(all.buffer)));
        expect(decoded(bytes, all.length, true)).toEqual([...all]);
      }),
      { numRuns: runs(200) },
    );
  });

  // the examples of the specification
  test.each([
    ['short repeat', Array.from({ length: 5 }, () => 10_000), '0a2710'],
    ['direct', [23713, 43806, 57005, 48879], '5e035ca1ab1edeadbeef'],
    ['delta', [2, 3, 5, 7, 11, 13, 17, 19, 23, 29], 'c609020222424246'],
  ])('%s runs are those of the specification', (_, values, hex) => {
    expect(
      written((out) => writeIntegers(out, Int32Array.from(values), values.length, false)).toString('hex'),
    ).toBe(hex);
  });

  test('runs cost little', () => {
    const count = 100_000;
    const size = (values: Float64Array): number =>
      written((out) => writeIntegers(out, values, values.length, true)).length;
    expect(size(new Float64Array(count).fill(1e12))).toBeLessThan(count / 40);
    expect(size(Float64Array.from({ length: count }, (_, i) => 1e12 + 60 * i))).toBeLessThan(count / 40);
    expect(size(Float64Array.from({ length: count }, (_, i) => 1e12 + 60 * i + (i % 2)))).toBeLessThan(
      count * 1.1,
    );
  });
});

describe('bytes and bits', () => {
  const stretchy = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.tuple(fc.nat(255), fc.nat(300)).map(([b, n]) => new Uint8Array(n).fill(b)),
      ),
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

  test('bytes come back as they were', () => {
    fc.assert(
      fc.property(stretchy, (bytes) => {
        const from = new ByteRuns(source(written((out) => writeByteRuns(out, bytes, bytes.length))));
        expect(bytes.map(() => from.next())).toEqual(bytes);
      }),
      { numRuns: runs(200) },
    );
  });

  test.each([
    [new Uint8Array(100), '6100'],
    [Uint8Array.of(0x44, 0x45), 'fe4445'],
  ])('byte runs are those of the specification', (bytes, hex) => {
    expect(written((out) => writeByteRuns(out, bytes, bytes.length)).toString('hex')).toBe(hex);
  });

  test('bits come back as they were, and the ones are counted', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 20_000, size: 'max' }), (values) => {
        const bits = new Bits();
        for (const value of values) bits.push(value);
        expect(bits.ones).toBe(values.filter(Boolean).length);
        const from = new BitRuns(source(written((out) => bits.writeTo(out))));
        expect(values.map(() => from.next() === 1)).toEqual(values);
      }),
      { numRuns: runs(50) },
    );
  });

  test('ones that come together are bits like others', () => {
    const stretch = fc.tuple(fc.boolean(), fc.nat(20_000));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 6 }), (stretches) => {
        const [together, one] = [new Bits(), new Bits()];
        for (const [value, count] of stretches) {
          for (let i = 0; i < count; i++) one.push(value);
          if (value) together.pushOnes(count);
          else for (let i = 0; i < count; i++) together.push(false);
        }
        expect([together.length, together.ones]).toEqual([one.length, one.ones]);
        const bytes = (bits: Bits): Buffer => written((out) => bits.writeTo(out));
        expect(bytes(together).equals(bytes(one))).toBe(true);
      }),
      { numRuns: runs(50) },
    );
  });

  test('numbers of 128 bits are base-128 numbers with the sign in the lowest bit', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 127n), 2n ** 127n - 1n), fc.nat(127), (wide, shift) => {
        const value = wide >> BigInt(shift);
        const words = new Int32Array(4);
        for (let i = 0; i < 4; i++) words[i] = Number(BigInt.asIntN(32, value >> BigInt(32 * i)));
        const buffer = Buffer.alloc(19);
        const end = writeSigned128(buffer, 0, words, 0);
        let found = 0n;
        for (let i = 0; i < end; i++) found |= BigInt(buffer[i]! & 127) << BigInt(7 * i);
        expect((found >> 1n) ^ -(found & 1n)).toBe(value);
        expect(buffer[end - 1]! & 128).toBe(0);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('blocks', () => {
  test.each(['none', 'zlib', 'zstd'] as const)(
    '%s: sections of any length come back as they were',
    (name) => {
      const compression = compressionNamed(name);
      const piece = fc.tuple(fc.uint8Array({ maxLength: 64 }), fc.nat(20_000));
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
          const bytes = Buffer.concat(
            pieces.flatMap(([part, times]) => Array.from({ length: times }, () => part)),
          );
          const section = compressSection(bytes, compression);
          // each behind its header
          if (name !== 'none') expect(section).toHaveLength(2 * Math.ceil(bytes.length / BLOCK_BYTES));
          expect(compressionOfKind(compression.kind).decompress(Buffer.concat(section)).equals(bytes)).toBe(
            true,
          );
        }),
        { numRuns: runs(20) },
      );
    },
  );

  test('what does not shrink is kept as it is', () => {
    const section = compressSection(Buffer.from('no'), compressionNamed('zstd'));
    expect(Buffer.concat(section)).toEqual(Buffer.from([0x05, 0, 0, ...Buffer.from('no')]));
  });
});
