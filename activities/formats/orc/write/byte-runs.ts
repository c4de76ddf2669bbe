import type { ByteStream } from './byte-stream.ts';

const MIN_RUN = 3;
const MAX_RUN = 130;
const MAX_LITERALS = 128;

/** Byte run length encoding. https://orc.apache.org/specification/ORCv1/#byte-run-length-encoding */
export function writeByteRuns(out: ByteStream, bytes: Uint8Array, count: number): void {
  let literals = 0;
  for (let i = 0; i < count;) {
    const value = bytes[i]!;
    let end = i + 1;
    while (end < count && end - i < MAX_RUN && bytes[end] === value) end++;
    if (end - i < MIN_RUN) {
      i = end;
      continue;
    }
    writeLiterals(out, bytes, literals, i);
    const at = out.reserve(2);
    out.buffer[at] = end - i - MIN_RUN;
    out.buffer[at + 1] = value;
    out.commit(at + 2);
    i = end;
    literals = end;
  }
  writeLiterals(out, bytes, literals, count);
}

function writeLiterals(out: ByteStream, bytes: Uint8Array, from: number, to: number): void {
  for (let start = from; start < to; start += MAX_LITERALS) {
    const end = Math.min(to, start + MAX_LITERALS);
    const at = out.reserve(1);
    out.buffer[at] = 256 - (end - start);
    out.commit(at + 1);
    out.write(bytes, start, end);
  }
}
