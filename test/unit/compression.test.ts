import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compressor, decompressor, detectCompression } from '../../activities/formats/compression.ts';
import { decompressed } from '../../activities/formats/decompressed.ts';
import { TransferError } from '../../activities/failures.ts';
import { runs } from '../support/runs.ts';

const KINDS = ['gzip', 'zstd'] as const;
const compress = { gzip: gzipSync, zstd: zstdCompressSync };
const decompress = { gzip: gunzipSync, zstd: zstdDecompressSync };
const pieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
const read = async (kind: 'gzip' | 'zstd', input: Buffer[], most?: number): Promise<string> => {
  const found: Buffer[] = [];
  for await (const piece of decompressed('s3://bucket/key', kind, input, most)) found.push(piece);
  return Buffer.concat(found).toString();
};

describe.each(KINDS)('%s', (kind) => {
  test('one or several after another, in pieces of any size', async () => {
    const texts = fc.array(fc.oneof(fc.string(), fc.constant('x'.repeat(200_000))), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 100 }), async (parts, size) => {
        const bytes = Buffer.concat(parts.map((part) => compress[kind](part)));
        expect(await read(kind, pieces(bytes, size))).toBe(parts.join(''));
        expect(await read(kind, [bytes])).toBe(parts.join(''));
      }),
      { numRuns: runs(100) },
    );
  });

  test('cut off anywhere, or followed by something else: fatal', async () => {
    const bytes = Buffer.concat([compress[kind]('one'), compress[kind]('two'.repeat(100))]);
    const first = compress[kind]('one').length;
    for (let end = 1; end < bytes.length; end++) {
      if (end === first) continue;
      for (const size of [1, 7, bytes.length]) {
        const error = await read(kind, pieces(bytes.subarray(0, end), size)).catch((cause: unknown) => cause);
        expect(error).toBeInstanceOf(TransferError);
        expect(error).toMatchObject({
          code: 'MalformedData',
          message: expect.stringContaining('s3://bucket/key'),
        });
      }
    }
    const garbage = Buffer.concat([bytes, Buffer.from('0,1,2,3')]);
    await expect(read(kind, [garbage])).rejects.toMatchObject({ code: 'MalformedData' });
    await expect(read(kind, pieces(garbage, 5))).rejects.toMatchObject({ code: 'MalformedData' });
  });

  test('larger than allowed: fatal, with the limit', async () => {
    const bytes = compress[kind](Buffer.alloc(1_000_000));
    await expect(read(kind, [bytes], 999_999)).rejects.toMatchObject({
      code: 'Unsupported',
      message: expect.stringContaining('at most 999999 are supported'),
    });
    expect(await read(kind, [bytes], 1_000_000)).toHaveLength(1_000_000);
  });

  test('what reading throws is passed on', async () => {
    const failing = (async function* () {
      yield compress[kind]('one').subarray(0, 5);
      throw new TransferError('StoreUnavailable', 'gone');
    })();
    const found = decompressed('s3://bucket/key', kind, failing).next();
    await expect(found).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  test('a slow reader is waited for', async () => {
    const stream = decompressor(kind);
    const source = Readable.from([compress[kind](Buffer.alloc(50_000_000))], { objectMode: false });
    pipeline(source, stream).catch(() => undefined);
    let [bytes, most] = [0, 0];
    for await (const piece of stream as AsyncIterable<Buffer>) {
      await setImmediate();
      bytes += piece.length;
      most = Math.max(most, stream.readableLength);
    }
    expect(bytes).toBe(50_000_000);
    expect(most).toBeLessThan(1_000_000);
  });

  test('what is written is the same every time, read by others, and can be joined', async () => {
    const write = (text: string) => buffer(Readable.from([text]).pipe(compressor(kind)));
    const [one, again, two] = await Promise.all([
      write('a,b\n'.repeat(999)),
      write('a,b\n'.repeat(999)),
      write('c,d\n'),
    ]);
    expect(one.equals(again)).toBe(true);
    expect(decompress[kind](one).toString()).toBe('a,b\n'.repeat(999));
    expect(await read(kind, [Buffer.concat([one, two])])).toBe(`${'a,b\n'.repeat(999)}c,d\n`);
    expect(detectCompression(one)).toBe(kind);
  });
});

test.each([
  { what: 'nothing', head: Buffer.alloc(0), kind: 'none' },
  { what: 'text', head: Buffer.from('a,b\n'), kind: 'none' },
  { what: 'one byte of gzip', head: Buffer.from([0x1f]), kind: 'none' },
  { what: 'a skippable frame', head: Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]), kind: 'zstd' },
  { what: 'Parquet', head: Buffer.from('PAR1'), kind: 'none' },
])('$what is $kind', ({ head, kind }) => {
  expect(detectCompression(head)).toBe(kind);
});
