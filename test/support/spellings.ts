/** A way in which a secret may be written down, and what it is called in messages. */
interface Spelling {
  name: string;
  bytes: Buffer;
}

/** The secret as it is, as JSON, URL, XML and Go's JSON escape it, in hex, and within any base64 text. */
export function spellings(secret: string): Spelling[] {
  const raw = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const texts: Record<string, string> = {
    itself: secret,
    JSON: json,
    'JSON within JSON': JSON.stringify(json).slice(1, -1),
    'JSON of Go': json.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
    URL: url,
    'URL, lower case': url.replaceAll(/%../g, (escape) => escape.toLowerCase()),
    'URL within URL': encodeURIComponent(url),
    form: url.replaceAll('%20', '+'),
    XML: secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    hex: raw.toString('hex'),
    HEX: raw.toString('hex').toUpperCase(),
    UTF16: '',
  };
  for (const offset of [0, 1, 2]) {
    const base64 = withinBase64(raw, offset);
    texts[`base64+${offset}`] = base64;
    texts[`base64url+${offset}`] = base64.replaceAll('+', '-').replaceAll('/', '_');
  }
  const found = Object.entries(texts).map(([name, text]) => ({
    name,
    bytes: name === 'UTF16' ? Buffer.from(secret, 'utf16le') : Buffer.from(text),
  }));
  return found.filter(
    ({ bytes }, index) => found.findIndex((other) => other.bytes.equals(bytes)) === index,
  );
}

/** The characters that bytes have for certain in the base64 of a text in which they begin `offset` bytes after a multiple of 3. */
function withinBase64(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + bytes.length)) / 6));
}
