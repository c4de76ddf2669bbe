import { isUtf8 } from 'node:buffer';
import { blobValue, BLOB, VARCHAR, type DuckDBScalarFunction } from '@duckdb/node-api';
import { z } from 'zod';
import { valueFunction } from '../activities/engine/functions/value-function.ts';
import { editValues } from '../activities/transforms/each-value.ts';
import { decryptEnvelope, type Keyring } from '../activities/transforms/encryption/decrypt.ts';
import { ff1Cipher } from '../activities/transforms/encryption/ff1.ts';
import { packedText } from '../activities/transforms/sql.ts';
import type { Transform } from '../activities/transforms/transform.ts';

/** What the encrypted values were. */
type Kind = { kind: 'text' } | { kind: 'binary' } | { kind: 'ff1'; alphabet: string };

/** The inverse of EncryptColumns; not for resources, so that no policy can ask for it. */
export function decryptColumns(kind: Kind['kind']): Transform<Record<string, never>> {
  return {
    action: 'DecryptColumns',
    aliases: [],
    description: 'Decrypts the values of the listed columns; nulls stay null.',
    needsColumns: true,
    options: z.strictObject({}),
    effect(relation, columns, _options, context) {
      const wanted = { action: 'DecryptColumns', columns, onMissing: 'fail' } as const;
      const type = kind === 'binary' ? 'BLOB' : 'VARCHAR';
      return editValues(relation, wanted, context, (value) => ({
        sql: `ddc_decrypt(${packedText(value)})`,
        type,
      }));
    },
  };
}

/** `ddc_decrypt(BLOB of UTF-8)`: what EncryptColumns was given. */
export function decryption(kind: Kind, keys: Keyring): DuckDBScalarFunction {
  const open = opener(kind, keys);
  return valueFunction(
    'ddc_decrypt',
    [],
    kind.kind === 'binary' ? BLOB : VARCHAR,
    () => (bytes) => open(Buffer.from(bytes).toString()),
  );
}

function opener(kind: Kind, keys: Keyring): (text: string) => string | ReturnType<typeof blobValue> {
  switch (kind.kind) {
    case 'ff1':
      return ff1Cipher([...keys.values()][0]!, kind.alphabet).decrypt;
    case 'binary':
      return (text) => blobValue(decryptEnvelope(text, keys));
    case 'text':
      return (text) => {
        const value = decryptEnvelope(text, keys);
        if (!isUtf8(value)) throw new Error('a value is binary and not text; add --binary');
        return value.toString();
      };
  }
}
