import { ThriftError } from '../parquet/thrift.ts';
import type { Dictionary, Page } from './pages.ts';
import { Scratch } from './scratch.ts';

const scratch = new Scratch();

/**
 * The page's values of `width` bytes each, one after another from the begin of memory that other typed arrays can be laid
 * over too. The next call overwrites them.
 */
export function fixedWidth(
  page: Page,
  width: number,
  dictionary: Dictionary | undefined,
): Int32Array<ArrayBuffer> {
  const words = width / 4;
  const to = scratch.integers(page.count * words);
  if ('plain' in page.values) {
    const { plain } = page.values;
    if (plain.length < to.byteLength) throw new ThriftError('a page ends too early');
    new Uint8Array(to.buffer).set(plain.subarray(0, to.byteLength));
    return to;
  }
  const { indices } = page.values;
  const from = aligned(dictionary?.bytes ?? Buffer.alloc(0), width);
  const entries = from.length / words;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= entries) throw new ThriftError('a value lies outside of the dictionary');
    for (let word = 0; word < words; word++) to[i * words + word] = from[index * words + word]!;
  }
  return to;
}

function aligned(bytes: Buffer, width: number): Int32Array {
  const copy = new Uint8Array(Math.floor(bytes.length / width) * width);
  copy.set(bytes.subarray(0, copy.length));
  return new Int32Array(copy.buffer);
}
