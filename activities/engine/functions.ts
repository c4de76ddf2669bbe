import type { DuckDBConnection } from '@duckdb/node-api';
import type { TransformSecrets } from '../transforms/secrets.ts';
import { DIGESTS } from './functions/digests.ts';
import { encryptions } from './functions/encryption.ts';
import { keyedDigests } from './functions/keyed-digests.ts';
import { MASKED_TEXT } from './functions/masked-text.ts';
import { randomText } from './functions/random-text.ts';

/**
 * Registers the functions that transformations need and the engine lacks. Before `lock_configuration`,
 * once per instance. Those that need a secret hold it; SQL names it by the transformation's number.
 */
export function registerFunctions(connection: DuckDBConnection, secrets: TransformSecrets): void {
  const functions = [
    ...DIGESTS,
    MASKED_TEXT,
    randomText(secrets),
    ...keyedDigests(secrets),
    ...encryptions(secrets),
  ];
  for (const each of functions) connection.registerScalarFunction(each);
}
