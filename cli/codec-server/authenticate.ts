import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

/** Who sends a request with this Authorization header; undefined: nobody that is known. Throws when it cannot be told. */
export type Authenticate = (authorization: string | undefined) => Promise<string | undefined>;

export interface TokenIssuer {
  /** Where its public keys are. */
  jwksUrl: string;
  issuer: string;
  audience: string;
}

const MIN_TOKEN = 16;
/** Of jose, when the issuer's keys cannot be had; all its other errors are about the token. */
const UNKNOWN = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID']);

/**
 * One token for all, as in `Authorization: Bearer <token>`. The file is read for every request, so that the token can be
 * replaced. Throws when it holds no token.
 */
export function byTokenFile(file: string): Authenticate {
  return async (authorization) => {
    const expected = await readToken(file);
    const token = bearer(authorization);
    return token !== undefined && isSame(token, expected) ? 'token file' : undefined;
  };
}

/** @throws Error that names the file and what would be right, never what it holds */
export async function readToken(file: string): Promise<string> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`--token-file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  });
  const token = content.trim();
  if (token.length >= MIN_TOKEN && !/\s/.test(token)) return token;
  throw new Error(
    `--token-file: ${file} must hold one token of at least ${MIN_TOKEN} characters, without blanks`,
  );
}

/** Access tokens (JWT) of an identity provider: signature, issuer, audience and end are checked. */
export function byAccessToken({ jwksUrl, issuer, audience }: TokenIssuer): Authenticate {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (authorization) => {
    const token = bearer(authorization);
    if (token === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp'] });
      return payload.sub ?? 'a token without sub';
    } catch (error) {
      if (error instanceof errors.JOSEError && !UNKNOWN.has(error.code)) return undefined;
      throw new Error(`the keys at ${jwksUrl} cannot be had`, { cause: error });
    }
  };
}

/** Where everybody on this machine may decrypt. */
export const anybody: Authenticate = () => Promise.resolve('anybody');

function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** Takes as long for a token that is wrong at its end as for one that is wrong at its begin. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
