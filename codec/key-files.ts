import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_FORM, parseKey } from '../activities/transforms/encryption/key.ts';
import { CodecError } from './errors.ts';

/** Names the file whose content is the id of the key to encrypt with. */
const CURRENT = 'current';
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

export interface CodecKeys {
  /** Of the key that encrypts from now on. */
  currentId: string;
  /** By id; all of them decrypt. */
  keys: ReadonlyMap<string, Buffer>;
}

/**
 * Reads a directory of keys: one file a key, whose name is the key's id. What Kubernetes keeps in hidden directories is left out.
 * @param chosen id of the key to encrypt with; absent: as the file `current` says, or the only one there is
 * @throws CodecError that names the setting or the file and what would be right, never what a file holds
 */
export async function readCodecKeys(directory: string, chosen?: string): Promise<CodecKeys> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw new CodecError(`DDC_CODEC_KEYS_DIR: ${directory} cannot be read (${codeOf(error)})`);
  });
  const ids = names.filter((name) => !name.startsWith('.') && name !== CURRENT).toSorted();
  const keys = new Map<string, Buffer>();
  for (const id of ids) keys.set(id, await readKey(directory, id));
  if (keys.size === 0)
    throw new CodecError(
      `DDC_CODEC_KEYS_DIR: ${directory} holds no keys; a key is a file with ${KEY_FORM}, and its name is the key's id`,
    );
  const currentId = chosen ?? (names.includes(CURRENT) ? await read(directory, CURRENT) : onlyOf(ids));
  if (!keys.has(currentId))
    throw new CodecError(
      `${chosen === undefined ? `the file ${join(directory, CURRENT)}` : 'DDC_CODEC_KEY_ID'} names the key ${JSON.stringify(currentId)}, which is not in ${directory}; there are: ${ids.join(', ')}`,
    );
  return { currentId, keys };
}

function onlyOf(ids: string[]): string {
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) return only;
  throw new CodecError(
    `DDC_CODEC_KEYS_DIR holds several keys: DDC_CODEC_KEY_ID, or a file ${JSON.stringify(CURRENT)} beside them, must name the one to encrypt with; there are: ${ids.join(', ')}`,
  );
}

async function readKey(directory: string, id: string): Promise<Buffer> {
  const file = join(directory, id);
  if (!KEY_ID.test(id))
    throw new CodecError(
      `DDC_CODEC_KEYS_DIR: ${JSON.stringify(file)} is no name of a key: letters, digits, ".", "_" and "-", at most 253`,
    );
  const key = parseKey(await read(directory, id));
  if (key === undefined) throw new CodecError(`DDC_CODEC_KEYS_DIR: ${file} is no key: ${KEY_FORM}`);
  return key;
}

async function read(directory: string, name: string): Promise<string> {
  const file = join(directory, name);
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CodecError(`DDC_CODEC_KEYS_DIR: ${file} cannot be read (${codeOf(error)})`);
  });
  return content.trim();
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';
