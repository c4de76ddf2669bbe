/**
 * An encrypted value as text: `ddc1:<cipher>:<key id>:<base64url of the rest>`. What stands before the last colon is
 * authenticated with the value.
 */
export interface Envelope {
  cipher: string;
  keyId: string;
  body: Buffer;
}

const FORM = /^ddc1:([a-z]+):([\w.-]{1,64}):([\w-]*)$/;

export function headerOf(cipher: string, keyId: string): string {
  return `ddc1:${cipher}:${keyId}`;
}

export function seal(header: string, body: Buffer): string {
  return `${header}:${body.toString('base64url')}`;
}

/** Undefined for a text that is no encrypted value. */
export function parseEnvelope(text: string): Envelope | undefined {
  const [, cipher, keyId, body] = FORM.exec(text) ?? [];
  if (cipher === undefined || keyId === undefined || body === undefined) return undefined;
  return { cipher, keyId, body: Buffer.from(body, 'base64url') };
}
