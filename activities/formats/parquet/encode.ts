import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatOptions } from '../../../workflows/contract/formats.ts';
import type { RangeReader, WrittenChunk, FormatSecrets } from '../format.ts';
import { literal } from '../../engine/engine.ts';
import { decryptFile } from './encryption/decrypt-file.ts';
import { encryptFile } from './encryption/encrypt-file.ts';
import { FileKeys } from './encryption/keys.ts';
import { openFooter } from './encryption/open-footer.ts';
import { parseFooter, readFooter } from './footer.ts';

const PATH = 'spec.destination.s3.parquet.encryption';
const RESULT = 'the result of a chunk';
const ENCRYPTED_FILE = 'result.encrypted';

/** Encrypts the engine's file where that is asked for: the engine itself would need the keys in its settings. */
export async function encode(
  file: string,
  directory: string,
  { parquet: { encryption } = {} }: FormatOptions,
  secrets: FormatSecrets | undefined,
): Promise<string> {
  if (encryption === undefined) return file;
  const to = join(directory, ENCRYPTED_FILE);
  const { raw } = await readFooter(await localReader(file));
  await encryptFile({ from: file, to }, parseFooter(raw, RESULT), keysOf(secrets), encryption.footerKeyId);
  await rm(file);
  return to;
}

/** The result as a table; an encrypted one is decrypted for that, as its readers will do. */
export async function readBack(file: string, { options, directory, secrets }: WrittenChunk): Promise<string> {
  if (options.parquet?.encryption === undefined) return table(file);
  const to = join(directory, 'decrypted.parquet');
  const { raw, sealed } = await readFooter(await localReader(file));
  const { file: opened, pages } = openFooter(raw, sealed, keysOf(secrets), { location: RESULT, path: PATH });
  await decryptFile({ from: file, to }, opened, 0, pages, RESULT);
  return table(to);
}

const table = (file: string): string => `read_parquet(${literal(file)}, hive_partitioning = false)`;

/** Without them the file would not be encrypted. */
function keysOf({ parquet }: FormatSecrets = {}): FileKeys {
  return new FileKeys(parquet ?? { footerKey: '', columnKeys: [] }, PATH);
}

async function localReader(path: string): Promise<RangeReader> {
  const { size } = await stat(path);
  return {
    location: RESULT,
    size,
    // createReadStream's end is inclusive
    read: async (start, end) => createReadStream(path, { start, end: end - 1 }),
  };
}
