import { ThriftError } from '../parquet/thrift.ts';
import type { Dictionary, Page } from './pages.ts';

/** The page's values of `width` bytes each, one after another in memory that typed arrays can be laid over. */
export function fixedWidth(page: Page, width: number, dictionary: Dictionary | undefined): ArrayBuffer {
  const bytes = new Uint8Array(page.count * width);
  if ('plain' in page.values) {
    if (page.values.plain.length < bytes.length) throw new ThriftError('a page ends too early');
    bytes.set(page.values.plain.subarray(0, bytes.length));
    return bytes.buffer;
  }
  const { indices } = page.values;
  const source = dictionary?.bytes ?? Buffer.alloc(0);
  const entries = Math.floor(source.length / width);
  const aligned = new Uint8Array(entries * width);
  aligned.set(source.subarray(0, aligned.length));
  const words = width / 4;
  const from = new Int32Array(aligned.buffer);
  const to = new Int32Array(bytes.buffer);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= entries) throw new ThriftError('a value lies outside of the dictionary');
    for (let word = 0; word < words; word++) to[i * words + word] = from[index * words + word]!;
  }
  return bytes.buffer;
}
