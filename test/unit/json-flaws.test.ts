import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { TransferError } from '../../activities/failures.ts';
import { json } from '../../activities/formats/json/json.ts';
import { MemoryReader, readAll, withWorkbench } from '../support/files.ts';

/** Latin-1 stands for bytes. */
async function refusal(object: string | Buffer, chunkBytes = 1e9): Promise<string> {
  return withWorkbench(async (bench) => {
    const bytes = typeof object === 'string' ? Buffer.from(object, 'latin1') : object;
    const error: unknown = await readAll(json, new MemoryReader(bytes), bench, { chunkBytes }).catch(
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(TransferError);
    expect(error).toMatchObject({ code: 'MalformedData', class: 'fatal' });
    return (error as TransferError).message;
  });
}

describe('malformed JSON is refused with the place', () => {
  const good = '{"a":1}\n';
  test.each([
    ['{"a":1,"a":2}', 'line 2 (byte 15): an object has a name twice'],
    ['{"a":{"b":1,"\\u0062":2}}', 'line 2 (byte 20): an object has a name twice'],
    ['{"a":[{"":1,"":2}]}', 'an object has a name twice'],
    ['{"a":"\xff"}', 'line 2 (byte 14): not valid UTF-8; save the file as UTF-8'],
    ['{"a":1,}', 'line 2 (byte 15): expected a name in double quotes; a comma before a closing brace'],
    ['{"a":[1,]}', 'expected a value; a comma before a closing brace'],
    ['{"a":NaN}', 'line 2 (byte 13): expected a value; NaN and Infinity are not JSON'],
    ['{"a":-Infinity}', 'expected a digit; NaN and Infinity are not JSON'],
    ['{"a":"x}', 'line 2 (byte 16): a string holds the control character 0x0a'],
    ['{"a":"x\n"}', 'line 2 (byte 15): a string holds the control character 0x0a'],
    ['{"a":"\t"}', 'a string holds the control character 0x09'],
    ['{"a":"\\ud800"}', 'line 2 (byte 14): a string holds one half of a surrogate pair'],
    ['{"a":"\\ud800\\u0041"}', 'one half of a surrogate pair'],
    ['{"a":"\\udc00"}', 'one half of a surrogate pair'],
    ['{"a":"\\u0000"}', 'a string holds the character \\u0000'],
    ['{"a\\u0000":1}', 'a string holds the character \\u0000'],
    ['{"a":"\\x"}', 'a backslash in a string must be followed by one of'],
    ['{"a":"\\u12g4"}', '\\u must be followed by four hexadecimal digits'],
    ['{"a":01}', 'a number must not begin with a zero'],
    ['{"a":1.}', 'expected a digit'],
    ['{"a":.5}', 'expected a value'],
    ['{"a":+1}', 'expected a value'],
    ['{"a":1e}', 'expected a digit'],
    ['{"a":0x10}', 'expected a comma or }'],
    ['{"a":tru}', 'expected the rest of true'],
    ["{'a':1}", 'expected a name in double quotes; single quotes are not JSON'],
    ['{"a":1 // one\n}', 'expected a comma or }; comments are not JSON'],
    ['{"a":1\n}', 'line 2 (byte 14): the line ends within an object; every object must be on one line'],
    ['{"a":1}{"a":2}', 'line 2 (byte 15): something follows the object on its line'],
    ['{"a":1},', 'something follows the object on its line'],
    ['1', 'line 2 (byte 8): every record must be a JSON object, in braces'],
    ['"text"', 'every record must be a JSON object'],
    ['[1]', 'every record must be a JSON object'],
    ['null', 'every record must be a JSON object'],
    ['{"a":\x00}', 'expected white space or a value'],
    ['\x00', 'every record must be a JSON object'],
    [`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'objects and lists are nested deeper than 64 levels'],
  ])('%j', async (line, text) => {
    expect(await refusal(`${good}${line}\n`)).toContain(text);
    expect(await refusal(`${good}${line}\n`)).toMatch(/^s3:\/\/bucket\/key line \d \(byte \d+\): /);
    // and when only the chunk is looked at, not the sample
    if (!text.includes('cut off'))
      expect(await refusal(`${good}${line}\n${good}`, 9)).toContain(text.split(': ').at(-1));
  });

  test.each([
    ['[{"a":1}', 'byte 8: the array is not closed'],
    ['[{"a":1},{"a":', 'byte 14: the last record is cut off, and the array is not closed'],
    ['[{"a":1},]', 'byte 9: every record must be a JSON object'],
    ['[{"a":1}{"a":2}]', 'byte 8: expected a comma or ] after an element of the array'],
    ['[{"a":1}]\n[{"a":2}]', 'byte 10: something follows the array'],
    ['[{"a":1},2]', 'byte 9: every record must be a JSON object'],
    ['[{"a":1},[{"a":1}]]', 'byte 9: every record must be a JSON object'],
    ['[{"a":1},{"a":"\xff"}]', 'byte 15: not valid UTF-8'],
    ['[]', 'holds no object with a field'],
    ['[{},{}]', 'holds no object with a field'],
    ['\n\n', 'holds no object with a field'],
    ['', 'is empty (0 bytes)'],
  ])('%j as a whole', async (object, text) => {
    expect(await refusal(object)).toContain(text);
    if (object.length > 4) expect(await refusal(object, 5)).toContain(text);
  });

  test('depth 64 is well', async () => {
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(`{"a":${'['.repeat(63)}${']'.repeat(63)}}\n`);
      expect((await readAll(json, reader, bench)).rows).toHaveLength(1);
    });
  });

  test('a record longer than 16 MiB, and more than 10,000 columns', async () => {
    expect(await refusal(`{"a":1}\n{"a":"${'x'.repeat(17 * 1024 * 1024)}"}\n`)).toContain(
      'a record is longer than 16777216 bytes',
    );
    const wide = `{${Array.from({ length: 10_001 }, (_, i) => `"c${i}":1`).join(',')}}\n`;
    expect(await refusal(wide)).toContain('there are more than 10000 columns and fields');
  });

  test('never quotes the data', async () => {
    expect(await refusal('{"a":"secret","secret":tru}\n')).not.toContain('secret');
  });
});

describe('compressed objects', () => {
  const text = Buffer.from('{"a":1,"b":"x"}\n{"a":2}\n'.repeat(20_000));
  const random = Buffer.from(
    Array.from({ length: 50_000 }, (_, i) => `{"a":${i},"b":"${Math.sin(i)}"}\n`).join(''),
  );

  test.each([
    ['gzip', [gzipSync(text)]],
    ['gzip of several members', [gzipSync(text), gzipSync(''), gzipSync(text)]],
    ['zstd', [zstdCompressSync(text)]],
    [
      'zstd of several frames',
      [zstdCompressSync(text), zstdCompressSync(''), zstdCompressSync(random), zstdCompressSync(text)],
    ],
    [
      'zstd with a skippable frame',
      [Buffer.from('502a4d180300000061626350', 'hex').subarray(0, 11), zstdCompressSync(text)],
    ],
  ])('%s is one chunk', async (_, parts) => {
    await withWorkbench(async (bench) => {
      const object = Buffer.concat(parts);
      const { rows, counts, description } = await readAll(
        json,
        new MemoryReader(object, { piece: 777 }),
        bench,
        { chunkBytes: 100 },
      );
      const expected =
        parts.length === 1 || parts.length === 2 ? 40_000 : parts.length === 3 ? 80_000 : 130_000;
      expect(counts).toEqual([expected]);
      expect(rows).toHaveLength(expected);
      expect(description.details['compression']).toBe(object[0] === 0x1f ? 'gzip' : 'zstd');
    });
  });

  test.each([
    ['cut off gzip', gzipSync(random).subarray(0, 100_000)],
    ['cut off zstd', zstdCompressSync(random).subarray(0, 100_000)],
    ['something behind gzip', Buffer.concat([gzipSync(random), Buffer.from('{"a":1}\n')])],
    ['something behind zstd', Buffer.concat([zstdCompressSync(random), Buffer.from('{"a":1}\n')])],
  ])('%s is refused', async (_, object) => {
    expect(await refusal(object)).toMatch(
      /^s3:\/\/bucket\/key cannot be decompressed: it is no complete (gzip|zstd) stream/,
    );
  });

  test('what is said to be compressed and is not', async () => {
    await withWorkbench(async (bench) => {
      const read = readAll(json, new MemoryReader('{"a":1}\n'), bench, {
        options: { json: { compression: 'gzip' } },
      });
      await expect(read).rejects.toMatchObject({
        code: 'MalformedData',
        message: expect.stringContaining('no complete gzip stream'),
      });
    });
  });
});
