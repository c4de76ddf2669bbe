import { Flaw, Incomplete } from './flaw.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Byte -> 1 where a string's plain run of characters stops: quote, backslash, control characters. */
export const STOPS = new Uint8Array(256);
STOPS.fill(1, 0, 0x20);
STOPS[QUOTE] = 1;
STOPS[BACKSLASH] = 1;

const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));

/**
 * Offset after the closing quote of the string whose first character is at `start`. Bytes end at `end`,
 * where a control character must stand. Whether they are UTF-8 is not looked at.
 */
export function skipString(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  for (;;) {
    while (STOPS[bytes[i] as number] === 0) i++;
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    if (i >= end) throw new Incomplete();
    if (byte !== BACKSLASH) {
      throw new Flaw(
        i,
        `a string holds the control character ${hex(byte ?? 0)}; it must be escaped, and the string be closed on its line`,
      );
    }
    i = skipEscape(bytes, i, end);
  }
}

function skipEscape(bytes: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end) throw new Incomplete();
  if (bytes[start + 1] !== LETTER_U) {
    if (!SIMPLE_ESCAPES.has(bytes[start + 1] ?? 0)) {
      throw new Flaw(start, 'a backslash in a string must be followed by one of " \\ / b f n r t u');
    }
    return start + 2;
  }
  const unit = codeUnit(bytes, start, end);
  if (unit === 0) throw new Flaw(start, 'a string holds the character \\u0000, which text must not hold');
  if (unit < 0xd800 || unit > 0xdfff) return start + 6;
  if (unit > 0xdbff) throw loneSurrogate(start);
  if (start + 7 >= end) throw new Incomplete();
  if (bytes[start + 6] !== BACKSLASH || bytes[start + 7] !== LETTER_U) throw loneSurrogate(start);
  const low = codeUnit(bytes, start + 6, end);
  if (low < 0xdc00 || low > 0xdfff) throw loneSurrogate(start);
  return start + 12;
}

function codeUnit(bytes: Uint8Array, start: number, end: number): number {
  if (start + 6 > end) throw new Incomplete();
  const digits = Buffer.from(bytes.subarray(start + 2, start + 6)).toString('latin1');
  if (!/^[0-9a-f]{4}$/i.test(digits))
    throw new Flaw(start, '\\u must be followed by four hexadecimal digits');
  return Number.parseInt(digits, 16);
}

function loneSurrogate(position: number): Flaw {
  return new Flaw(position, 'a string holds one half of a surrogate pair, which is no character');
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
