import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TransferError } from '../failures.ts';

const KIND = 'ed25519';

/** A new pair of Ed25519 keys in PEM: PKCS 8 and SPKI. The private one is a credential. */
export function newReceiptKeys(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync(KIND, {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** The worker's key. InvalidOption names the file, never what is in it. */
export async function readPrivateKey(file: string): Promise<KeyObject> {
  return readKey(file, 'an Ed25519 private key in PEM (PKCS 8)', createPrivateKey);
}

/** Also of a file with the private key. Throws as `readPrivateKey` does. */
export async function readPublicKey(file: string): Promise<KeyObject> {
  return readKey(file, 'an Ed25519 public key in PEM', createPublicKey);
}

async function readKey(file: string, right: string, parse: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  const pem = await readFile(file).catch(() => {
    throw new TransferError('InvalidOption', `${file} cannot be read; it must be ${right}`);
  });
  const key = parsed(pem, parse);
  if (key?.asymmetricKeyType === KIND) return key;
  const found = key === undefined ? 'no key that can be read' : `a key of type ${key.asymmetricKeyType}`;
  throw new TransferError('InvalidOption', `${file} holds ${found}; it must be ${right}`);
}

function parsed(pem: Buffer, parse: (pem: Buffer) => KeyObject): KeyObject | undefined {
  try {
    return parse(pem);
  } catch {
    return undefined;
  }
}

/** How a public key is told from others: `SHA256:` and the Base64 of the SHA-256 of its SPKI form. */
export function keyName(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`;
}
