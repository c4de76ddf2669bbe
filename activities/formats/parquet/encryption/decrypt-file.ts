import { open } from 'node:fs/promises';
import { TransferError } from '../../../failures.ts';
import { footerBytes, guarded, MAGIC } from '../footer.ts';
import { integer, rowGroups, withRowGroups } from '../metadata.ts';
import { ThriftError } from '../thrift.ts';
import type { Struct } from '../thrift.ts';
import { COLUMN } from './fields.ts';
import { DecryptionError } from './modules.ts';
import type { PageKeys } from './open-footer.ts';
import { encryptedPages, plainPage, plainPages } from './pages.ts';
import { Output, rewriteGroup } from './rewrite.ts';

/**
 * Writes row groups of an encrypted file to a file that is not encrypted.
 * @param file metadata whose row groups are where they lie in the file `from`
 * @param first number of the first of them in the object
 * @param location of the object, for messages
 * @throws TransferError MalformedData
 */
export async function decryptFile(
  { from, to }: { from: string; to: string },
  file: Struct,
  first: number,
  { algorithm, columns }: PageKeys,
  location: string,
): Promise<void> {
  const input = await open(from);
  const output = await open(to, 'w');
  try {
    const out = new Output(output);
    await out.write(MAGIC);
    const groups: Struct[] = [];
    for (const [index, group] of guarded(location, () => rowGroups(file)).entries()) {
      const number = first + index;
      const rewritten = rewriteGroup(group, out, {
        pages: (column, span, metadata) => {
          const key = columns[number]?.[column];
          if (key === undefined) return plainPages(input, span);
          const dictionary =
            metadata.has(COLUMN.dictionaryPage) && integer(metadata, COLUMN.dictionaryPage) > 0;
          return encryptedPages(input, span, key, algorithm, { group: number, column, dictionary });
        },
        bytes: (_column, _number, page) => plainPage(page),
      });
      groups.push(
        await rewritten.catch((error: unknown) => Promise.reject(damaged(error, location, number))),
      );
    }
    await out.write(footerBytes(withRowGroups(file, groups)));
  } finally {
    await input.close();
    await output.close();
  }
}

function damaged(error: unknown, location: string, group: number): unknown {
  if (!(error instanceof DecryptionError || error instanceof ThriftError)) return error;
  return new TransferError(
    'MalformedData',
    `${location}: row group ${group} cannot be decrypted: it is damaged (${error.message})`,
    { cause: error },
  );
}
