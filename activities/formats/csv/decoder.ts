import { TransferError } from '../../failures.ts';
import type { Encoding } from './encoding.ts';

/** Turns the bytes of a source into UTF-8, piece by piece. */
export interface Decoder {
  push(bytes: Uint8Array): Uint8Array;
  /** Throws when the input ended within a character. */
  finish(): void;
}

/** `start`: offset of the first byte, for messages. UTF-8 is passed on as it is: the engine refuses what is not. */
export function decoderOf(encoding: Encoding, location: string, start: number): Decoder {
  switch (encoding) {
    case 'UTF-8':
      return { push: (bytes) => bytes, finish: () => undefined };
    case 'ISO-8859-1':
      return { push: (bytes) => Buffer.from(asBuffer(bytes).toString('latin1')), finish: () => undefined };
    default:
      return new Utf16Decoder(encoding, location, start);
  }
}

class Utf16Decoder implements Decoder {
  readonly #encoding: Encoding;
  readonly #location: string;
  /** Of the first byte that is not decoded yet. */
  #offset: number;
  /** Half a unit, or the first half of a pair of surrogates. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(encoding: Encoding, location: string, start: number) {
    this.#encoding = encoding;
    this.#location = location;
    this.#offset = start;
  }

  push(bytes: Uint8Array): Uint8Array {
    const all = Buffer.concat([this.#rest, bytes]);
    let end = all.length - (all.length % 2);
    if (end > 0 && isHighSurrogate(this.#unit(all, end - 2))) end -= 2;
    this.#rest = all.subarray(end);
    const units = all.subarray(0, end);
    if (this.#encoding === 'UTF-16BE') units.swap16();
    const text = units.toString('utf16le');
    if (!text.isWellFormed()) throw this.#malformed(2 * loneSurrogate(text));
    this.#offset += end;
    return Buffer.from(text);
  }

  finish(): void {
    if (this.#rest.length > 0) throw this.#malformed(0);
  }

  #unit(bytes: Buffer, at: number): number {
    return this.#encoding === 'UTF-16LE' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  #malformed(at: number): TransferError {
    return new TransferError(
      'MalformedData',
      `${this.#location} byte ${this.#offset + at}: not valid ${this.#encoding} (half of a character); correct csv.encoding or the object`,
    );
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

function loneSurrogate(text: string): number {
  return text.search(/\p{Surrogate}/u);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
