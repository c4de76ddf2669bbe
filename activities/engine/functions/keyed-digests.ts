import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { blobValue, BLOB, DuckDBScalarFunction, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { TransformSecrets } from '../../transforms/secrets.ts';
import { perTransformation } from './layer-secrets.ts';
import { valueFunction } from './value-function.ts';

/**
 * `ddc_hmac(transformation, algorithm, BLOB)`: HMAC (RFC 2104) with the transformation's key, lower-case hexadecimal.
 * `ddc_salt(transformation)`: its salt as BLOB, which the engine evaluates once.
 */
export function keyedDigests(secrets: TransformSecrets): DuckDBScalarFunction[] {
  const keys = perTransformation(secrets, 'key', (key): KeyObject => createSecretKey(key, 'utf8'));
  const salts = perTransformation(secrets, 'salt', (salt) => blobValue(Buffer.from(salt)));
  return [
    valueFunction('ddc_hmac', [INTEGER, VARCHAR], VARCHAR, (call) => {
      const key = keys(call.constant(0));
      const algorithm = String(call.constant(1));
      return (bytes) => createHmac(algorithm, key).update(bytes).digest('hex');
    }),
    DuckDBScalarFunction.create({
      name: 'ddc_salt',
      parameterTypes: [INTEGER],
      returnType: BLOB,
      mainFunction(_info, input, output) {
        const salt = salts(input.getColumnVector(0).getItem(0));
        for (let row = 0; row < input.rowCount; row += 1) output.setItem(row, salt);
        output.flush();
      },
    }),
  ];
}
