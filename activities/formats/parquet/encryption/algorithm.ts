import { ThriftError } from '../thrift.ts';
import type { Struct } from '../thrift.ts';
import { AAD, ALGORITHM, bytesAt, structAt } from './fields.ts';

export interface Algorithm {
  name: 'AES_GCM_V1' | 'AES_GCM_CTR_V1';
  /** What every module's AAD begins with. */
  aad: Buffer;
  /** The AAD has a prefix that the file does not tell. */
  needsPrefix: boolean;
}

export function algorithmOf(union: Struct | undefined): Algorithm {
  for (const [name, id] of [
    ['AES_GCM_V1', ALGORITHM.gcm],
    ['AES_GCM_CTR_V1', ALGORITHM.gcmCtr],
  ] as const) {
    const given = union && structAt(union, id);
    if (given === undefined) continue;
    const unique = bytesAt(given, AAD.fileUnique);
    if (unique === undefined) throw new ThriftError('the encryption has no file identifier');
    return {
      name,
      aad: Buffer.concat([bytesAt(given, AAD.prefix) ?? Buffer.alloc(0), unique]),
      needsPrefix: given.get(AAD.supplyPrefix)?.value === true,
    };
  }
  throw new ThriftError('the encryption algorithm is unknown');
}
