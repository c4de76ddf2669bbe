import { FF1 } from '@noble/ciphers/ff1.js';

export const DIGITS = '0123456789';

/** NIST SP 800-38G Rev. 1: fewer possible values could be tried out. */
const MIN_VALUES = 1_000_000;
/** Characters of an alphabet; FF1's radix is at most 2^16. */
const MAX_ALPHABET = 65_536;

/** What an alphabet must look like, for messages. */
export const ALPHABET_FORM = `2 to ${MAX_ALPHABET} different characters`;

export function isAlphabet(text: string): boolean {
  const characters = Array.from(text);
  return (
    text.isWellFormed() &&
    !text.includes('\0') &&
    characters.length >= 2 &&
    characters.length <= MAX_ALPHABET &&
    new Set(characters).size === characters.length
  );
}

/**
 * Format-preserving encryption (FF1, NIST SP 800-38G) of the characters of an alphabet. Separators between them (signs and
 * spaces) stay where they are; a letter or digit outside of the alphabet would be shown, and is refused. Throws an Error that shows no value.
 */
export function ff1Cipher(
  key: Buffer,
  alphabet: string,
): Record<'encrypt' | 'decrypt', (text: string) => string> {
  const characters = Array.from(alphabet);
  const numbers = new Map(characters.map((character, index) => [character, index]));
  const shortest = Math.ceil(Math.log(MIN_VALUES) / Math.log(characters.length) - 1e-9);
  const ff1 = FF1(characters.length, key);
  const convert = (text: string, change: (numerals: number[]) => number[]): string => {
    if (text === '') return text;
    const result = Array.from(text);
    const places: number[] = [];
    for (const [place, character] of result.entries()) {
      if (numbers.has(character)) places.push(place);
      else if (/[\p{L}\p{N}\p{M}]/u.test(character))
        throw new Error(
          'a value has letters or digits that the alphabet lacks; give an alphabet with all of them',
        );
    }
    if (places.length < shortest)
      throw new Error(
        `a value has fewer than ${shortest} characters of the alphabet; FF1 could not hide it, use AES-256-GCM or AES-SIV`,
      );
    const changed = change(places.map((place) => numbers.get(result[place]!)!));
    for (const [index, place] of places.entries()) result[place] = characters[changed[index]!]!;
    return result.join('');
  };
  return {
    encrypt: (text) => convert(text, (numerals) => ff1.encrypt(numerals)),
    decrypt: (text) => convert(text, (numerals) => ff1.decrypt(numerals)),
  };
}
