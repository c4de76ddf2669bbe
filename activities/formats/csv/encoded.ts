import { StringDecoder } from 'node:string_decoder';
import type { Encoding } from './encoding.ts';
import { Unwritable } from './place.ts';

/**
 * UTF-8 text in another encoding. UTF-16 begins with a byte order mark where the object does. Throws Unwritable for a
 * character that the encoding does not have.
 */
export async function* encoded(
  text: AsyncIterable<Buffer>,
  encoding: Exclude<Encoding, 'UTF-8'>,
  first: boolean,
): AsyncGenerator<Buffer> {
  const inEncoding = encoding === 'ISO-8859-1' ? latin1 : encoding === 'UTF-16LE' ? utf16le : utf16be;
  if (first && encoding !== 'ISO-8859-1') yield inEncoding('\uFEFF', 0);
  const decoder = new StringDecoder('utf8');
  let offset = 0;
  for await (const piece of text) {
    const characters = decoder.write(piece);
    yield inEncoding(characters, offset);
    offset += Buffer.byteLength(characters);
  }
}

const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Buffer => utf16le(text).swap16();

function latin1(text: string, offset: number): Buffer {
  const foreign = /[^\0-\u00ff]/u.exec(text);
  if (foreign === null) return Buffer.from(text, 'latin1');
  const [character] = foreign;
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  throw new Unwritable(
    offset + Buffer.byteLength(text.slice(0, foreign.index)),
    `csv.encoding: ISO-8859-1 has no ${JSON.stringify(character)} (U+${code}); choose UTF-8`,
  );
}
