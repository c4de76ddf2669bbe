import { TransferError } from '../../failures.ts';
import type { FormatSecrets } from '../format.ts';
import { FileKeys } from './encryption/keys.ts';
import { openFooter } from './encryption/open-footer.ts';
import type { OpenFooter } from './encryption/open-footer.ts';
import { encrypted, guarded, parseFooter } from './footer.ts';
import type { Footer } from './footer.ts';
import { isEncrypted } from './metadata.ts';
import { decodePrefix } from './thrift.ts';

const PATH = 'spec.source.s3.parquet.encryption';

/** The metadata of a source, which may be encrypted: then it also takes keys to read the pages. */
export function openFile(
  { raw, sealed }: Pick<Footer, 'raw' | 'sealed'>,
  location: string,
  secrets: FormatSecrets = {},
): Pick<OpenFooter, 'file'> & Partial<OpenFooter> {
  const { parquet } = secrets;
  const protectedFile = sealed || guarded(location, () => isEncrypted(decodePrefix(raw).struct));
  if (parquet === undefined) {
    if (protectedFile) throw encrypted(location);
    return { file: parseFooter(raw, location) };
  }
  if (!protectedFile)
    throw new TransferError(
      'InvalidOption',
      `${PATH}: ${location} is not encrypted, so nothing shows who wrote it; remove the keys, or name the encrypted file`,
    );
  const keys = new FileKeys(parquet, PATH);
  return guarded(location, () => openFooter(raw, sealed, keys, { location, path: PATH }));
}
