import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { keyName } from './keys.ts';
import type { Receipt } from './receipt.ts';

/** A receipt as it lies in a bucket. */
export interface SealedReceipt {
  receipt: Receipt;
  /** Of the receipt's canonical JSON (RFC 8785) in UTF-8; hex. */
  sha256: string;
  /** Of the same bytes; null when the worker has no key. */
  signature: ReceiptSignature | null;
}

export interface ReceiptSignature {
  algorithm: 'Ed25519';
  /** SPKI in Base64; who it belongs to must be known from elsewhere. */
  publicKey: string;
  /** `keyName` of the public key. */
  signedBy: string;
  /** Base64. */
  value: string;
}

/** The same receipt and key give the same seal. */
export function seal(receipt: Receipt, privateKey: KeyObject | undefined): SealedReceipt {
  const bytes = canonicalBytes(receipt);
  const sha256 = sha256Of(bytes);
  if (privateKey === undefined) return { receipt, sha256, signature: null };
  const publicKey = createPublicKey(privateKey);
  return {
    receipt,
    sha256,
    signature: {
      algorithm: 'Ed25519',
      publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      signedBy: keyName(publicKey),
      value: sign(null, bytes, privateKey).toString('base64'),
    },
  };
}

/** What is hashed and signed. */
export function canonicalBytes(receipt: unknown): Buffer {
  return Buffer.from(canonicalize(receipt) ?? '');
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
