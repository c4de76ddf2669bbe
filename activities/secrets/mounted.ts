import { open, readdir, realpath } from 'node:fs/promises';
import { join, relative, resolve, isAbsolute, sep } from 'node:path';
import type { SecretImportSource } from '../../workflows/contract/secret.ts';
import { TransferError } from '../failures.ts';
import type { SecretValues } from './secrets.ts';

/** As many bytes as an inline credential may have. */
const MAX_FILE = 65_536;
const MAX_FILES = 100;

/**
 * The files of a directory that is mounted in the worker, by their names or what they are renamed to; one line break at
 * the end does not count. Only below the root: the worker's own files are no business of resources. Throws as SecretResolver does.
 * @param root absent = nowhere
 * @param field for messages, e.g. `spec.source.s3.secretImport`
 */
export async function importedSecrets(
  { directory, renames }: SecretImportSource,
  root: string | undefined,
  field: string,
): Promise<SecretValues> {
  if (root === undefined)
    throw new TransferError(
      'InvalidOption',
      `${field}: this worker imports no secrets; DDC_SECRET_DIR of the worker must name the directory that they are mounted below`,
    );
  const base = await realpath(root).catch(() => {
    throw new TransferError(
      'SecretNotFound',
      `${field}: DDC_SECRET_DIR of the worker, ${root}, does not exist`,
    );
  });
  const wanted = await within(base, resolve(base, directory), field);
  const entries = await readdir(wanted, { withFileTypes: true }).catch(() => {
    throw new TransferError(
      'SecretNotFound',
      `${field}: ${directory} is not a directory that the worker can read`,
    );
  });
  // Kubernetes keeps the files of a mounted secret behind links in hidden directories.
  const names = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory());
  if (names.length > MAX_FILES)
    throw new TransferError('InvalidOption', `${field}: ${directory} holds more than ${MAX_FILES} files`);
  const newNames = new Map(renames.map(({ from, to }) => [from, to]));
  for (const from of newNames.keys())
    if (!names.some(({ name }) => name === from))
      throw new TransferError(
        'SecretNotFound',
        `${field}: there is no file ${JSON.stringify(from)} in ${directory}`,
      );
  const values = await Promise.all(
    names.map(async ({ name }) => {
      const value = await content(base, join(wanted, name), field);
      return [newNames.get(name) ?? name, value] as const;
    }),
  );
  return Object.fromEntries(values);
}

/** Where the path really leads; refused when that is outside. */
async function within(base: string, path: string, field: string): Promise<string> {
  const outside = (): never => {
    throw new TransferError(
      'AccessDenied',
      `${field}: only what lies below DDC_SECRET_DIR of the worker can be imported`,
    );
  };
  const lexical = relative(base, path);
  const real = await realpath(path).catch(() => {
    if (isOutside(lexical)) return outside();
    throw new TransferError(
      'SecretNotFound',
      `${field}: nothing is at ${JSON.stringify(lexical)} below DDC_SECRET_DIR of the worker`,
    );
  });
  return isOutside(relative(base, real)) ? outside() : real;
}

const isOutside = (path: string): boolean => path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);

async function content(base: string, path: string, field: string): Promise<string> {
  const file = await open(await within(base, path, field), 'r').catch((error: unknown) => {
    if (error instanceof TransferError) throw error;
    throw new TransferError('SecretNotFound', `${field}: a file cannot be read by the worker`);
  });
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > MAX_FILE)
      throw new TransferError(
        'InvalidOption',
        `${field}: what is imported must be files of at most ${MAX_FILE} bytes`,
      );
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}
