const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAGIC_BYTES = 4;
const CHECKSUM_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
/** Bytes of the dictionary's id and of the content's size, by their flags. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];

/**
 * Splits a zstd stream (RFC 8878, section 3.1) into its frames, each as a stream of its bytes; skippable frames are
 * left out. A frame must be read before the next is asked for. Throws an Error for what is no frame, and at a
 * premature end.
 */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<AsyncIterable<Buffer>> {
  const bytes = new ByteSource(source);
  for (;;) {
    const magic = await bytes.peek(MAGIC_BYTES);
    if (magic.length === 0) return;
    const number = magic.length < MAGIC_BYTES ? 0 : magic.readUInt32LE(0);
    if (number === MAGIC) yield frame(bytes);
    else if ((number & 0xfffffff0) === SKIPPABLE_MAGIC) {
      const header = await bytes.take(2 * MAGIC_BYTES);
      for await (const _ of bytes.stream(header.readUInt32LE(MAGIC_BYTES)));
    } else throw new Error('not a zstd frame');
  }
}

async function* frame(bytes: ByteSource): AsyncGenerator<Buffer> {
  const begin = await bytes.take(MAGIC_BYTES + 1);
  yield begin;
  const flags = begin[MAGIC_BYTES] as number;
  const single = (flags & 0x20) !== 0;
  const sizeBytes = flags >> 6 === 0 && single ? 1 : (SIZE_BYTES[flags >> 6] as number);
  yield* bytes.stream((single ? 0 : 1) + (DICTIONARY_BYTES[flags & 3] as number) + sizeBytes);
  for (let last = false; !last;) {
    const header = await bytes.take(BLOCK_HEADER_BYTES);
    yield header;
    const block = header.readUIntLE(0, BLOCK_HEADER_BYTES);
    last = (block & 1) === 1;
    const type = (block >> 1) & 3;
    if (type === RESERVED_BLOCK) throw new Error('a zstd block of a reserved type');
    yield* bytes.stream(type === RLE_BLOCK ? 1 : block >> 3);
  }
  if ((flags & 4) !== 0) yield* bytes.stream(CHECKSUM_BYTES);
}

/** Bytes on demand from a stream of pieces. */
class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, fewer at the end; they stay. */
  async peek(count: number): Promise<Buffer> {
    while (this.#rest.length < count) {
      const next = await this.#pieces.next();
      if (next.done === true) break;
      this.#rest =
        this.#rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#rest, next.value]);
    }
    return this.#rest.subarray(0, count);
  }

  async take(count: number): Promise<Buffer> {
    const taken = await this.peek(count);
    if (taken.length < count) throw new Error('unexpected end of the zstd stream');
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  /** The next `count` bytes in pieces. */
  async *stream(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      await this.peek(1);
      const piece = await this.take(Math.min(left, Math.max(1, this.#rest.length)));
      left -= piece.length;
      yield piece;
    }
  }
}
