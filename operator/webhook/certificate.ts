import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its private key in PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** Kinds of names in certificates. */
const DNS = 2;
const IP = 7;

/**
 * A certificate that vouches for itself and for nothing else: whoever has it in its bundle trusts this one server. There is
 * no authority whose key could be stolen.
 */
export async function makeCertificate(
  names: readonly string[],
  { from, until }: { from: Date; until: Date },
): Promise<Certificate> {
  // Seldom needed, and large.
  const { generate } = await import('selfsigned');
  // Clients that look for an issuer by its name must not find another one.
  const name = `ddc-webhook ${randomBytes(8).toString('hex')}`;
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: until,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          isIP(name) === 0 ? { type: DNS, value: name } : { type: IP, ip: name },
        ),
      },
    ],
  });
  return { cert, key };
}

/** What is wrong with a certificate (the first of a chain) and its key; undefined = nothing. Never repeats the key. */
export function certificateProblem({ cert, key }: Certificate): string | undefined {
  const certificate = readCertificate(cert);
  if (certificate === undefined) return 'the certificate cannot be read';
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
      ? undefined
      : 'the key is not the certificate’s';
  } catch {
    return 'the key cannot be read';
  }
}

export function readCertificate(cert: string): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}
