import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TransferError } from '../../activities/failures.ts';
import { KIND } from '../../activities/formats/orc/messages.ts';
import { orcSource } from '../../activities/formats/orc/orc.ts';
import { MemoryReader, withWorkbench } from '../support/files.ts';
import { orcFixture, readOrc, retailed } from '../support/orc-files.ts';
import { runs } from '../support/runs.ts';

async function refusal(file: Buffer): Promise<TransferError> {
  return withWorkbench(async (bench) => {
    const error: unknown = await readOrc(new MemoryReader(file), bench).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TransferError);
    return error as TransferError;
  });
}

const plain = orcFixture('types-uncompressed');

describe('what cannot be read is refused by name', () => {
  test.each<[string, Buffer, string, string]>([
    ['a union', orcFixture('union'), 'Unsupported', 'column "either" is a union (union -> refused)'],
    [
      'rows that are no structs',
      orcFixture('root'),
      'Unsupported',
      'its rows are no structs but of type int',
    ],
    ['text', Buffer.from('a,b\n1,2\n'), 'MalformedData', 's3://bucket/key is not an ORC file'],
    ['nothing', Buffer.alloc(0), 'MalformedData', 'it has only 0 bytes'],
    ['the begin of a file', plain.subarray(0, 20_000), 'MalformedData', 's3://bucket/key is not an ORC file'],
    [
      'encryption',
      retailed(plain, { footer: (footer) => (footer.encryption = Buffer.alloc(0)) }),
      'Unsupported',
      's3://bucket/key has encrypted columns',
    ],
    [
      'LZO',
      retailed(plain, { script: (script) => (script.compression = 3) }),
      'Unsupported',
      's3://bucket/key is compressed with lzo (number 3)',
    ],
    [
      'a later version',
      retailed(plain, { script: (script) => (script.version = [2, 0]) }),
      'Unsupported',
      's3://bucket/key is of ORC version 2.0',
    ],
    [
      'blocks too large for memory',
      retailed(plain, { script: (script) => (script.compressionBlockSize = 1n << 40n) }),
      'Unsupported',
      'compressed blocks of up to 1099511627776 bytes',
    ],
    [
      'a type of the future',
      retailed(plain, { footer: (footer) => (footer.types[1]!.kind = 99) }),
      'Unsupported',
      'column "flag" has a type that is unknown (number 99)',
    ],
    [
      'types in a circle',
      retailed(plain, {
        footer: ({ types }) => types.find(({ kind }) => kind === KIND.list)!.subtypes.splice(0, 1, 0),
      }),
      'MalformedData',
      'the ORC footer is corrupt: type 0 is missing or used twice',
    ],
    [
      'other rows than the stripes have',
      retailed(plain, { footer: (footer) => (footer.numberOfRows = 151n) }),
      'MalformedData',
      'it says 151 rows, but its stripes have 150',
    ],
    [
      'a stripe outside of the file',
      retailed(plain, { footer: (footer) => (footer.stripes[0]!.offset = 1n << 62n) }),
      'MalformedData',
      'the ORC footer is corrupt: it places',
    ],
    [
      'more rows than a stripe has',
      retailed(plain, {
        footer: (footer) => (footer.stripes[0]!.numberOfRows = footer.numberOfRows = 2n ** 31n - 1n),
      }),
      'MalformedData',
      's3://bucket/key: stripe 0, column "flag" is corrupt: a stream ends too early',
    ],
    [
      'integers that exceed their type',
      retailed(plain, { footer: ({ types }) => (types[4]!.kind = KIND.smallint) }),
      'MalformedData',
      's3://bucket/key: stripe 0, column "int" is corrupt: an integer exceeds 16 bits',
    ],
    [
      'decimals that exceed their type',
      retailed(plain, { footer: ({ types }) => (types[13]!.precision = 5) }),
      'MalformedData',
      's3://bucket/key: stripe 0, column "price" is corrupt: a decimal has more than the 5 digits of its type',
    ],
    [
      'decimals with more digits after the point',
      retailed(plain, { footer: ({ types }) => (types[13]!.scale = 1) }),
      'MalformedData',
      'a decimal has more than the 1 digits after the point of its type',
    ],
    [
      'text that is not UTF-8',
      retailed(plain, { footer: ({ types }) => (types[12]!.kind = KIND.string) }),
      'MalformedData',
      's3://bucket/key: stripe 0, column "bytes" is corrupt: a text is not UTF-8',
    ],
    [
      'timestamps beyond what the statistics say',
      retailed(orcFixture('types-uncompressed'), {
        footer: ({ statistics, types }) => {
          const at = types[0]!.subtypes[types[0]!.fieldNames.indexOf('big')]!;
          types[at]!.kind = KIND.timestamp;
          statistics[at]!.numberOfValues = 0n;
        },
      }),
      'MalformedData',
      's3://bucket/key: stripe 0, column "big" is corrupt: ',
    ],
  ])('%s', async (_what, file, code, message) => {
    const error = await refusal(file);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
    expect(error.class).toBe('fatal');
  });
});

describe('damage', () => {
  test.each([
    'types-uncompressed',
    'types-zlib',
    'types-snappy',
    'types-lz4',
    'types-zstd',
    'types-v11',
    'long',
  ])('of any byte of %s is told as such or changes values; nothing worse', async (name) => {
    const file = orcFixture(name);
    await withWorkbench(async (bench) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 })), {
            minLength: 1,
            maxLength: 3,
          }),
          async (flips) => {
            const damaged = Buffer.from(file);
            for (const [at, mask] of flips) damaged[at]! ^= mask;
            await expectReadOrFatal(damaged, bench);
          },
        ),
        { numRuns: runs(40) },
      );
    });
  });

  test('at the end, where the footer lies, too', async () => {
    const file = orcFixture('types-uncompressed');
    await withWorkbench(async (bench) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(3000), fc.integer({ min: 1, max: 255 }), async (back, mask) => {
          const damaged = Buffer.from(file);
          damaged[file.length - 1 - back]! ^= mask;
          await expectReadOrFatal(damaged, bench);
        }),
        { numRuns: runs(200) },
      );
    });
  });
});

async function expectReadOrFatal(
  file: Buffer,
  bench: Parameters<Parameters<typeof withWorkbench>[0]>[0],
): Promise<void> {
  const reader = new MemoryReader(file);
  try {
    await readOrc(reader, bench);
  } catch (error) {
    // an engine that refuses the decoded chunk is asked to explain (diagnose): the chunk must not get there
    if (!(error instanceof TransferError)) throw error;
    expect(error.class).toBe('fatal');
    expect(error.message).toContain(reader.location);
  }
}

test('a chunk that the engine reads is not to blame', async () => {
  await withWorkbench(async (bench) => {
    const reader = new MemoryReader(orcFixture('stripes'));
    const { description } = await readOrc(reader, bench);
    const source = { location: reader.location, ...description };
    await orcSource.fetch(reader, source, 0, bench.directory);
    const explain = () => orcSource.diagnose(new Error('x'), source, 0, bench.directory, bench.engine);
    expect(await explain()).toBeUndefined();
    await bench.engine.run(`COPY (SELECT 1) TO '${bench.directory}/chunk.parquet' (FORMAT csv)`);
    expect(await explain()).toMatchObject({
      code: 'MalformedData',
      message: expect.stringContaining('stripes 0 to 7'),
    });
  });
});
