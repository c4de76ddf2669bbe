import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]*-----END \1-----/g;
const EXPECTED =
  'must be one or more certificates in PEM: -----BEGIN CERTIFICATE----- ... -----END CERTIFICATE-----';

/** What is wrong with the certificates of authorities. Never repeats the text: it may hold a key by mistake. */
export function certificateProblems(pem: string): string[] {
  const blocks = [...pem.matchAll(BLOCK)];
  const other = blocks.find(([, type]) => type !== 'CERTIFICATE');
  if (other !== undefined) return [`${EXPECTED}; found -----BEGIN ${other[1]}-----`];
  if (blocks.length === 0) return [EXPECTED];
  return blocks.flatMap(([block], index) =>
    isCertificate(block) ? [] : [`${EXPECTED}; certificate ${index + 1} of ${blocks.length} cannot be read`],
  );
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
