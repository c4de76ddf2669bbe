import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { TextCompression } from '../../workflows/contract/formats.ts';

export type Compression = Exclude<TextCompression, 'none'>;

/** Bytes of a zstd magic number. */
const MAGIC_BYTES = 4;

/** By the magic number (RFC 1952; RFC 8878, skippable frames too). */
export function detectCompression(head: Buffer): TextCompression {
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (head.length < MAGIC_BYTES) return 'none';
  const magic = head.readUInt32LE(0);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5 ? 'zstd' : 'none';
}

/** Reads all members or frames of a stream; what is no member, and an end that is cut off, are errors. */
export function decompressor(compression: Compression): Transform {
  return compression === 'gzip' ? new Frames(createGunzip) : new Frames(createZstdDecompress);
}

/** Results may be joined: both formats take one member (frame) after another. Same bytes for same bytes. */
export function compressor(compression: Compression): Transform {
  return compression === 'gzip'
    ? createGzip({ level: 4 })
    : createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/**
 * One stream a member or frame: Node's zstd stream ends after the first, and drops what follows it in the same
 * piece of input (nodejs/node#64741).
 */
class Frames extends Transform {
  readonly #create: () => Transform & { bytesWritten: number };
  #frame: (Transform & { bytesWritten: number }) | undefined;

  constructor(create: () => Transform & { bytesWritten: number }) {
    super();
    this.#create = create;
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#take(piece, done);
  }

  override _flush(done: TransformCallback): void {
    if (this.#frame === undefined) return done();
    this.#frame.once('end', () => done());
    this.#frame.end();
  }

  override _read(size: number): void {
    this.#frame?.resume();
    // oxlint-disable-next-line no-underscore-dangle -- the name that Node's streams have for it
    super._read(size);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#frame?.destroy();
    done(error);
  }

  #take(piece: Buffer, done: TransformCallback): void {
    const frame = (this.#frame ??= this.#open());
    const before = frame.bytesWritten;
    const ended = (): void => {
      this.#frame = undefined;
      this.#take(piece.subarray(frame.bytesWritten - before), done);
    };
    frame.once('end', ended);
    frame.write(piece, (error) => {
      // a frame that has ended calls back, too
      if (this.#frame !== frame || error) return;
      frame.off('end', ended);
      done();
    });
  }

  #open(): Transform & { bytesWritten: number } {
    const frame = this.#create();
    frame.on('data', (piece: Buffer) => {
      if (!this.push(piece)) frame.pause();
    });
    frame.on('error', (error) => this.destroy(error));
    return frame;
  }
}
