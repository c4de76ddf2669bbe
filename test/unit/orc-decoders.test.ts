import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BitRuns, ByteRuns } from '../../activities/formats/orc/read/byte-runs.ts';
import { ByteSource } from '../../activities/formats/orc/read/byte-source.ts';
import { blocksOf } from '../../activities/formats/orc/read/blocks.ts';
import { toProleptic } from '../../activities/formats/orc/read/calendar.ts';
import { compressionOf } from '../../activities/formats/orc/read/compression.ts';
import { decodeLz4 } from '../../activities/formats/orc/read/lz4.ts';
import { IntegerRunsV1 } from '../../activities/formats/orc/read/runs-v1.ts';
import { IntegerRunsV2 } from '../../activities/formats/orc/read/runs-v2.ts';
import { decodeSnappy } from '../../activities/formats/orc/read/snappy.ts';
import { Zone } from '../../activities/formats/orc/read/zone.ts';
import { footer, OrcError } from '../../activities/formats/orc/proto.ts';
import { runs } from '../support/runs.ts';

/** Bytes in blocks of at most `size`, so that everything is cut somewhere. */
function source(bytes: Buffer, size = 3): ByteSource {
  let at = 0;
  return new ByteSource({
    next: () => (at < bytes.length ? bytes.subarray(at, (at += size)) : undefined),
  });
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function integers(runs: IntegerRunsV1 | IntegerRunsV2, count: number): bigint[] {
  const pairs = new Int32Array(2 * count);
  runs.read(pairs, count);
  return [...new BigInt64Array(pairs.buffer)];
}

const numbers = (...values: number[]): bigint[] => values.map(BigInt);

/** The examples of https://orc.apache.org/specification/ORCv1/ */
describe('runs of the specification', () => {
  test.each([
    { bytes: '61 00 07', values: Array.from({ length: 100 }, () => 7) },
    { bytes: '61 ff 64', values: Array.from({ length: 100 }, (_, i) => 100 - i) },
    { bytes: 'fb 02 03 06 07 0b', values: [2, 3, 6, 7, 11] },
  ])('version 1: $bytes', ({ bytes, values }) => {
    expect(integers(new IntegerRunsV1(source(hex(bytes)), false), values.length)).toEqual(numbers(...values));
  });

  test.each([
    { bytes: '0a 27 10', values: [10_000, 10_000, 10_000, 10_000, 10_000] },
    { bytes: '5e 03 5c a1 ab 1e de ad be ef', values: [23_713, 43_806, 57_005, 48_879] },
    {
      bytes: '8e 13 2b 21 07 d0 1e 00 14 70 28 32 3c 46 50 5a 64 6e 78 82 8c 96 a0 aa b4 be fc e8',
      values: [
        2030, 2000, 2020, 1_000_000, 2040, 2050, 2060, 2070, 2080, 2090, 2100, 2110, 2120, 2130, 2140, 2150,
        2160, 2170, 2180, 2190,
      ],
    },
    { bytes: 'c6 09 02 02 22 42 42 46', values: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29] },
  ])('version 2: $bytes', ({ bytes, values }) => {
    expect(integers(new IntegerRunsV2(source(hex(bytes)), false), values.length)).toEqual(numbers(...values));
  });

  test('bytes and bits', () => {
    const repeated = new ByteRuns(source(hex('61 00')));
    expect(Array.from({ length: 100 }, () => repeated.next())).toEqual(Array.from({ length: 100 }, () => 0));
    const literals = new ByteRuns(source(hex('fe 44 45')));
    expect([literals.next(), literals.next()]).toEqual([0x44, 0x45]);
    expect(() => literals.next()).toThrow(OrcError);
    const bits = new BitRuns(source(hex('ff 80')));
    expect(Array.from({ length: 8 }, () => bits.next())).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });
});

const WIDTHS = [...Array.from({ length: 24 }, (_, i) => i + 1), 26, 28, 30, 32, 40, 48, 56, 64];

/** A run of version 2, DIRECT. */
function direct(width: number, values: readonly bigint[]): Buffer {
  const bits = values.map((value) => value.toString(2).padStart(width, '0')).join('');
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  const packed = padded.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
  const length = values.length - 1;
  return Buffer.from([0x40 | (WIDTHS.indexOf(width) << 1) | (length >> 8), length & 255, ...packed]);
}

test('numbers of every width come back, wherever blocks end', () => {
  const run = fc
    .constantFrom(...WIDTHS)
    .chain((width) =>
      fc.record({
        width: fc.constant(width),
        values: fc.array(fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }), {
          minLength: 1,
          maxLength: 600,
        }),
      }),
    )
    .map(({ width, values }) => ({ width, values: values.slice(0, 512) }));
  fc.assert(
    fc.property(
      fc.array(run, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5000 }),
      (parts, size) => {
        const bytes = Buffer.concat(parts.map(({ width, values }) => direct(width, values)));
        const values = parts.flatMap((part) => part.values);
        const unsigned = integers(new IntegerRunsV2(source(bytes, size), false), values.length);
        expect(unsigned).toEqual(values.map((value) => BigInt.asIntN(64, value)));
        const signed = integers(new IntegerRunsV2(source(bytes, size), true), values.length);
        expect(signed).toEqual(values.map((value) => (value >> 1n) ^ -(value & 1n)));
      },
    ),
    { numRuns: runs(300) },
  );
});

describe('compressed blocks', () => {
  test('copies that overlap repeat', () => {
    // 'abc', then 9 bytes from 3 back
    expect(decodeSnappy(hex('0c 08 616263 15 03'), 100).toString()).toBe('abcabcabcabc');
    expect(decodeLz4(hex('35 616263 0300 10 78'), 100).toString()).toBe('abcabcabcabcx');
  });

  test('copies from before the begin, and blocks that go on for longer than they may, are refused', () => {
    expect(() => decodeSnappy(hex('05 00 61 01 09'), 100)).toThrow('a block is no Snappy data');
    expect(() => decodeSnappy(hex('0c 08 616263 15 03'), 11)).toThrow(
      'a block decodes to 12 bytes, but blocks have at most 11',
    );
    expect(() => decodeLz4(hex('15 61 0900 00'), 100)).toThrow('a block is no LZ4 data');
    expect(() => decodeLz4(hex('1f 61 0100 ff 00'), 100)).toThrow('a block decodes to more than 100 bytes');
  });

  test('anything decodes to no more than a block has, or is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (bytes, limit) => {
        for (const decode of [decodeSnappy, decodeLz4]) {
          try {
            expect(decode(Buffer.from(bytes), limit).length).toBeLessThanOrEqual(limit);
          } catch (error) {
            expect(error).toBeInstanceOf(OrcError);
          }
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  test('a small block that decodes to a huge one is refused', () => {
    const bomb = zstdCompressSync(Buffer.alloc(100_000_000));
    const header = Buffer.alloc(3);
    header.writeUIntLE(bomb.length * 2, 0, 3);
    const { decompress } = compressionOf(5, 262_144)!;
    expect(() => blocksOf(Buffer.concat([header, bomb]), decompress, 262_144).next()).toThrow(
      /^a block is no zstd data: it decodes to more than a block may have$/,
    );
  });
});

describe('calendars and clocks', () => {
  test('days before 1582-10-15 keep their date', () => {
    const day = (days: number): string => new Date(toProleptic(days) * 86_400_000).toISOString().slice(0, 10);
    // days since 1970 in the Julian calendar, as Java's GregorianCalendar counts them
    expect(day(-141_427)).toBe('1582-10-15');
    expect(day(-141_428)).toBe('1582-10-04');
    expect(day(-719_164)).toBe('0001-01-01');
    expect(day(-171_595)).toBe('1500-03-01');
    // 1500-02-29, which the Gregorian calendar lacks
    expect(day(-171_596)).toBe('1500-03-01');
  });

  test('offsets are those of the zone, on both sides of every change', () => {
    const berlin = new Zone('Europe/Berlin');
    const change = Date.UTC(2024, 2, 31, 1) / 1000;
    expect([berlin.offsetAt(change - 1), berlin.offsetAt(change)]).toEqual([3600, 7200]);
    expect(berlin.offsetAt(-5e9)).toBe(3208);
    expect(berlin.instantOf(Date.UTC(2015, 0, 1) / 1000)).toBe(Date.UTC(2014, 11, 31, 23) / 1000);
    expect(new Zone('GMT').utc).toBe(true);
    expect(() => new Zone('Mars/Olympus')).toThrow(`its writer's time zone "Mars/Olympus" is unknown`);
  });
});

test('metadata survives decoding and encoding, with 64-bit numbers and bytes exact', () => {
  const message = {
    stripes: [{ offset: 3n, numberOfRows: 2n ** 63n + 1n }],
    types: [{ kind: 12, subtypes: [1, 2], fieldNames: ['a', 'ü'], attributes: [{ key: 'k', value: '' }] }],
    metadata: [{ name: 'x', value: Buffer.from([1, 2, 255]) }],
    statistics: [
      { numberOfValues: 0n, hasNull: false, intStatistics: { minimum: -(2n ** 63n), sum: 5n } },
      { dateStatistics: { minimum: -5, maximum: 7 }, bucketStatistics: { count: [3n, 0n] } },
    ],
    numberOfRows: 5n,
    calendar: 2,
    softwareVersion: '1',
  };
  const bytes = footer.encode(message);
  expect(footer.decode(bytes)).toEqual(message);
  expect(() => footer.decode(bytes.subarray(0, 20))).toThrow(OrcError);
});
