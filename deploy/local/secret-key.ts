import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './errors.ts';

/** Made once per state directory: a key that is the same everywhere would open every developer's server. */
export function secretKeyOf(dir: string): string {
  const file = join(dir, 'secret-key');
  try {
    writeFileSync(file, randomBytes(20).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}
