import { createReadStream } from 'node:fs';

const QUOTE = 0x22;
const MINUS = 0x2d;
const LETTER_I = 0x49;
const LETTER_N = 0x4e;
const BACKSLASH = 0x5c;
const WORDS = ['NaN', 'Infinity'] as const;

/** Whether NaN or Infinity may be among the values of a file of JSON: the words are somewhere in it. */
export async function holdsNotANumber(file: string): Promise<boolean> {
  const longest = Math.max(...WORDS.map((word) => word.length));
  let before: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = piece as Buffer;
    const places = [bytes, Buffer.concat([before, bytes.subarray(0, longest)])];
    if (places.some((place) => WORDS.some((word) => place.includes(word)))) return true;
    before = bytes.subarray(-longest);
  }
  return false;
}

/** JSON as the engine writes it, with NaN, Infinity and -Infinity outside of strings put into quotes. */
export async function* quoteNotANumbers(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let inString = false;
  /** Bytes to pass over: an escaped character, or the rest of a word that has been written already. */
  let skip = 0;
  /** A minus is held back until it is known what it belongs to. */
  let minus = false;
  for await (const piece of source) {
    const parts: Buffer[] = [];
    let from = 0;
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i];
      if (skip > 0) {
        skip--;
        if (!inString) from = i + 1;
      } else if (inString) {
        if (byte === BACKSLASH) skip = 1;
        else if (byte === QUOTE) inString = false;
      } else if (byte === LETTER_N || byte === LETTER_I) {
        const word = WORDS[byte === LETTER_N ? 0 : 1];
        parts.push(piece.subarray(from, i), Buffer.from(`"${minus ? '-' : ''}${word}"`));
        minus = false;
        skip = word.length - 1;
        from = i + 1;
      } else {
        if (minus) parts.push(Buffer.from('-'));
        minus = byte === MINUS;
        if (minus) {
          parts.push(piece.subarray(from, i));
          from = i + 1;
        }
        inString = byte === QUOTE;
      }
    }
    parts.push(piece.subarray(from));
    yield Buffer.concat(parts);
  }
}
