import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literal } from '../../activities/engine/engine.ts';
import type { ParquetKeys } from '../../activities/formats/format.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import type { ParquetEncryption } from '../../workflows/contract/formats.ts';
import { withWorkbench } from './files.ts';

/** As a plan has it; where the keys are does not matter to formats. */
export function encryption(footerKeyId?: string): ParquetEncryption {
  return {
    secret: {
      kind: 'resource',
      apiVersion: 'fybrik.io/v1',
      resourceKind: 'BatchTransfer',
      namespace: 'ns',
      name: 'name',
      uid: 'uid',
      path: ['spec'],
    },
    ...(footerKeyId === undefined ? {} : { footerKeyId }),
  };
}

/** A query's rows as an encrypted object. */
export async function writeEncrypted(
  query: string,
  keys: ParquetKeys,
  given: ParquetEncryption = encryption(),
): Promise<Buffer> {
  return withWorkbench(async ({ engine, directory }) => {
    const options = { parquet: { encryption: given } };
    const file = join(directory, 'result');
    await engine.run(`COPY (${query}) TO ${literal(file)} (${parquet.copyOptions(0, options)})`);
    return readFileSync(await parquet.encode!(file, directory, options, 0, { parquet: keys }));
  });
}
