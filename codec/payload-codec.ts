import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { open, seal } from './aes-gcm.ts';
import { CodecError } from './errors.ts';
import type { KeyRing } from './key-ring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** As in Temporal's own samples of encryption in all languages. */
const ENCODING = 'encoding';
const ENCRYPTED = Buffer.from('binary/encrypted');
const KEY_ID = 'encryption-key-id';

/**
 * Encrypts every payload whole, its metadata included, with AES-256-GCM. Payloads that are not encrypted are read as they are:
 * those of before encryption was turned on. `decode` throws CodecError, which names the key that is missing.
 */
export function encryptingCodec(keys: Pick<KeyRing, 'current' | 'find'>, directory: string): PayloadCodec {
  return {
    async encode(payloads) {
      const { id, key } = await keys.current();
      return payloads.map((payload) => ({
        metadata: { [ENCODING]: ENCRYPTED, [KEY_ID]: Buffer.from(id) },
        data: seal(key, PayloadMessage.encode(payload).finish()),
      }));
    },
    decode: (payloads) => Promise.all(payloads.map((payload) => decrypted(payload, keys, directory))),
  };
}

/** Of a process without keys: says what is missing where something is encrypted, and leaves the rest as it is. */
export const CODEC_WITHOUT_KEYS: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  async decode(payloads) {
    for (const payload of payloads) {
      const id = encryptionKeyId(payload);
      if (id !== undefined)
        throw new CodecError(
          `a payload in Temporal is encrypted with the key ${JSON.stringify(id)}, and this process has no keys: DDC_CODEC_KEYS_DIR must name the directory of the keys`,
        );
    }
    return payloads;
  },
};

/** Id of the key that a payload is encrypted with; undefined when it is not encrypted. */
export function encryptionKeyId({ metadata }: Payload): string | undefined {
  const encoding = metadata?.[ENCODING];
  if (!encoding || !ENCRYPTED.equals(encoding)) return undefined;
  return Buffer.from(metadata[KEY_ID] ?? []).toString();
}

async function decrypted(payload: Payload, keys: Pick<KeyRing, 'find'>, directory: string): Promise<Payload> {
  const id = encryptionKeyId(payload);
  if (id === undefined) return payload;
  const key = await keys.find(id);
  if (key === undefined)
    throw new CodecError(
      `a payload in Temporal is encrypted with the key ${JSON.stringify(id)}, which this process does not have: the file ${JSON.stringify(id)} must be in ${directory} (DDC_CODEC_KEYS_DIR)`,
    );
  const content = open(key, payload.data ?? new Uint8Array());
  if (content === undefined)
    throw new CodecError(
      `a payload in Temporal does not decrypt with the key ${JSON.stringify(id)}: it was changed, or another key had this id`,
    );
  const { metadata, data } = PayloadMessage.decode(content);
  return { metadata, data };
}
