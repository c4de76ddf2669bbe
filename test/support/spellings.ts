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
    form: new URLSearchParams([['', secret]]).toString().slice(1),
    'URL, strict': url.replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
    XML: secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;'),
    hex: raw.toString('hex'),
    HEX: raw.toString('hex').toUpperCase(),
  };
  for (const offset of [0, 1, 2]) {
    const base64 = withinBase64(raw, offset);
    texts[`base64+${offset}`] = base64;
    texts[`base64url+${offset}`] = base64.replaceAll('+', '-').replaceAll('/', '_');
  }
  // Most are the same for a plain secret, which then goes by the first name.
  const distinct = new Map(
    Object.entries(texts)
      .map(([name, text]): [string, string] => [text, name])
      .toReversed(),
  );
  return [...distinct].map(([text, name]) => ({ name, bytes: Buffer.from(text) }));
}

/** The characters that bytes have for certain in the base64 of a text in which they begin `offset` bytes after a multiple of 3. */
function withinBase64(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + bytes.length)) / 6));
}
