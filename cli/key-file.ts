import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { TransferError } from '../activities/failures.ts';
import type { Keyring } from '../activities/transforms/encryption/decrypt.ts';
import { KEY_FORM, KEY_ID, parseKey, usualKeyId } from '../activities/transforms/encryption/key.ts';

/**
 * The keys of a file, or of standard input for `-`: one a line, perhaps with an id and a colon in front; empty lines and lines
 * that begin with # are skipped. InvalidOption names the line, never what is in it.
 */
export async function readKeys(file: string): Promise<Keyring> {
  const content =
    file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(unreadable(file));
  const keys = new Map<string, Buffer>();
  for (const [index, line] of content.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [id, written] = trimmed.includes(':') ? trimmed.split(':', 2) : [undefined, trimmed];
    const key = parseKey(written);
    if (key === undefined || (id !== undefined && !KEY_ID.test(id)))
      throw new TransferError(
        'InvalidOption',
        `--key-file, line ${index + 1}: must be a key of ${KEY_FORM}, perhaps with a key id and a colon in front`,
      );
    keys.set(id ?? usualKeyId(key), key);
  }
  if (keys.size === 0) throw new TransferError('InvalidOption', '--key-file: there is no key in it');
  return keys;
}

function unreadable(file: string): (error: unknown) => never {
  return () => {
    throw new TransferError('InvalidOption', `--key-file: ${file} cannot be read`);
  };
}
