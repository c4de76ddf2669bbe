import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { TransferError } from '../failures.ts';
import { keyName } from './keys.ts';
import { canonicalBytes, sha256Of, type ReceiptSignature } from './seal.ts';

/** In its one spelling, so that no change of it goes unnoticed. */
const base64 = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, { error: 'must be Base64' });

const sealed = z.strictObject({
  receipt: z.record(z.string(), z.unknown()),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z
    .strictObject({
      algorithm: z.literal('Ed25519'),
      publicKey: base64,
      signedBy: z.string(),
      value: base64,
    })
    .nullable(),
});

export interface UnsealedReceipt {
  /** As it was signed; its form is up to whoever has signed it. */
  receipt: Record<string, unknown>;
  sha256: string;
  /** Name of the key; absent when the receipt is not signed. */
  signedBy?: string;
  /** Whether that key is the expected one, and not just any. */
  trusted: boolean;
}

/**
 * Checks a receipt offline. MalformedData when the text is no receipt, VerificationFailed when it has been changed, is
 * not signed although a key is expected, or is signed by another.
 */
export function unseal(text: string, expected?: KeyObject): UnsealedReceipt {
  const { receipt, sha256, signature } = parse(text);
  const bytes = bytesOf(receipt);
  const found = sha256Of(bytes);
  if (found !== sha256)
    throw new TransferError(
      'VerificationFailed',
      `the receipt has been changed: its SHA-256 is ${found}, and it says ${sha256}`,
    );
  if (signature !== null) return { receipt, sha256, ...checkSignature(bytes, signature, expected) };
  if (expected !== undefined)
    throw new TransferError(
      'VerificationFailed',
      `the receipt is not signed, and ${nameKey(expected)} should have`,
    );
  return { receipt, sha256, trusted: false };
}

function parse(text: string): z.infer<typeof sealed> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TransferError('MalformedData', 'not a receipt: it is no JSON');
  }
  const result = sealed.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || 'the document';
  throw new TransferError('MalformedData', `not a receipt, or changed: ${where}: ${issue?.message}`);
}

function bytesOf(receipt: unknown): Buffer {
  try {
    return canonicalBytes(receipt);
  } catch (error) {
    throw new TransferError('MalformedData', `not a receipt: ${(error as Error).message}`);
  }
}

function checkSignature(
  bytes: Buffer,
  signature: ReceiptSignature,
  expected: KeyObject | undefined,
): { signedBy: string; trusted: boolean } {
  const publicKey = publicKeyOf(signature);
  const signedBy = keyName(publicKey);
  if (signature.signedBy !== signedBy)
    throw new TransferError(
      'VerificationFailed',
      `the receipt has been changed: its public key is ${signedBy}, and it says ${signature.signedBy}`,
    );
  if (expected !== undefined && keyName(expected) !== signedBy)
    throw new TransferError(
      'VerificationFailed',
      `the receipt is signed by ${signedBy}, and not by ${nameKey(expected)}`,
    );
  if (!verify(null, bytes, publicKey, Buffer.from(signature.value, 'base64')))
    throw new TransferError(
      'VerificationFailed',
      `the signature is not that of ${signedBy} for this receipt`,
    );
  return { signedBy, trusted: expected !== undefined };
}

function publicKeyOf({ publicKey }: ReceiptSignature): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below
  }
  throw new TransferError(
    'VerificationFailed',
    'the receipt has been changed: signature.publicKey is no Ed25519 key',
  );
}

const nameKey = (key: KeyObject): string => `the given key ${keyName(key)}`;
