import { OrcError } from '../proto.ts';
import { copyForward } from './snappy.ts';

const MIN_MATCH = 4;

/**
 * Decodes one raw LZ4 block of at most `limit` bytes (decoded). Throws OrcError.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export function decodeLz4(input: Buffer, limit: number): Buffer {
  const output = Buffer.allocUnsafe(limit);
  let from = 0;
  let to = 0;
  /** A length whose four bits were all set goes on in bytes, up to the first below 255. */
  const extended = (start: number): number => {
    let length = start;
    for (;;) {
      const byte = input[from++];
      if (byte === undefined) throw broken();
      length += byte;
      if (byte < 255) return length;
    }
  };
  while (from < input.length) {
    const token = input[from++]!;
    let literals = token >> 4;
    if (literals === 15) literals = extended(15);
    if (from + literals > input.length) throw broken();
    if (to + literals > limit) throw tooLong(limit);
    copyForward(input, from, output, to, literals);
    from += literals;
    to += literals;
    // the last sequence has literals only
    if (from === input.length) break;
    if (from + 2 > input.length) throw broken();
    const offset = input[from]! | (input[from + 1]! << 8);
    from += 2;
    let match = token & 15;
    if (match === 15) match = extended(15);
    match += MIN_MATCH;
    if (offset === 0 || offset > to) throw broken();
    if (to + match > limit) throw tooLong(limit);
    copyForward(output, to - offset, output, to, match);
    to += match;
  }
  return output.subarray(0, to);
}

function broken(): OrcError {
  return new OrcError('a block is no LZ4 data');
}

function tooLong(limit: number): OrcError {
  return new OrcError(`a block decodes to more than ${limit} bytes`);
}
