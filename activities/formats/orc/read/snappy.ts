import { OrcError } from '../proto.ts';

/**
 * Decodes one raw Snappy block of at most `limit` bytes (decoded). Throws OrcError.
 * https://github.com/google/snappy/blob/main/format_description.txt
 */
export function decodeSnappy(input: Buffer, limit: number): Buffer {
  const { value: length, position: start } = preamble(input);
  if (length > limit)
    throw new OrcError(`a block decodes to ${length} bytes, but blocks have at most ${limit}`);
  const output = Buffer.allocUnsafe(length);
  let from = start;
  let to = 0;
  while (from < input.length) {
    const tag = input[from++]!;
    const kind = tag & 3;
    let count = (tag >> 2) + 1;
    if (kind === 0) {
      if (count > 60) {
        const bytes = count - 60;
        if (from + bytes > input.length) throw broken();
        count = input.readUIntLE(from, bytes) + 1;
        from += bytes;
      }
      if (from + count > input.length || to + count > length) throw broken();
      copyForward(input, from, output, to, count);
      from += count;
      to += count;
      continue;
    }
    let offset: number;
    if (kind === 1) {
      count = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | (input[from] ?? 0);
      from += 1;
    } else {
      const bytes = kind === 2 ? 2 : 4;
      if (from + bytes > input.length) throw broken();
      offset = input.readUIntLE(from, bytes);
      from += bytes;
    }
    if (offset === 0 || offset > to || to + count > length || from > input.length) throw broken();
    copyForward(output, to - offset, output, to, count);
    to += count;
  }
  if (to !== length) throw broken();
  return output;
}

/**
 * Copies byte by byte from front to back, so that a copy onto what it reads repeats it (LZ77). Long copies
 * that do not overlap are left to the runtime.
 */
export function copyForward(source: Buffer, from: number, target: Buffer, to: number, count: number): void {
  if (count > 32 && (source !== target || from + count <= to)) {
    target.set(source.subarray(from, from + count), to);
    return;
  }
  for (let i = 0; i < count; i++) target[to + i] = source[from + i]!;
}

function preamble(input: Buffer): { value: number; position: number } {
  let value = 0;
  for (let position = 0; position < 5; position++) {
    const byte = input[position];
    if (byte === undefined) break;
    value += (byte & 127) * 2 ** (7 * position);
    if (byte < 128) return { value, position: position + 1 };
  }
  throw broken();
}

function broken(): OrcError {
  return new OrcError('a block is no Snappy data');
}
