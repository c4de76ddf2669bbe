import { z } from 'zod';
import { editValues, onMissingColumn, refuseOption } from './each-value.ts';
import type { Edit } from './nested.ts';
import { oneOf } from './options.ts';
import { bytesOf, packedBytesOf } from './sql.ts';
import type { Transform } from './transform.ts';

/** Of an algorithm: the engine's function over a BLOB, and the type of its result. */
interface Digest {
  call: string;
  type: string;
  /** Node's name for the hash function, where it has an HMAC. */
  hmac?: string;
  /** What null becomes; stays null when absent. */
  ofNull?: string;
}

const SHA512: Digest = { call: 'ddc_sha512', type: 'VARCHAR', hmac: 'sha512' };

const ALGORITHMS = {
  md5: { call: 'md5', type: 'VARCHAR' },
  sha1: { call: 'sha1', type: 'VARCHAR', hmac: 'sha1' },
  sha256: { call: 'sha256', type: 'VARCHAR', hmac: 'sha256' },
  sha512: SHA512,
  // As in the mover that DDC succeeds.
  sha2: SHA512,
  crc32: { call: 'ddc_crc32', type: 'BIGINT' },
  // Spark's hash(), whose result for null is its seed.
  murmur3: { call: 'ddc_murmur3', type: 'INTEGER', ofNull: '42' },
  murmur32: { call: 'ddc_murmur32', type: 'VARCHAR' },
  xxhash32: { call: 'ddc_xxhash32', type: 'VARCHAR' },
  xxhash64: { call: 'ddc_xxhash64', type: 'VARCHAR' },
} satisfies Record<string, Digest>;

type Algorithm = keyof typeof ALGORITHMS;
const NAMES = Object.keys(ALGORITHMS) as Algorithm[];

/** Messages of secrets never show them. */
const secret = z.string({ error: 'must be a text' }).min(1, 'must not be empty').optional();

const options = z
  .strictObject({
    algo: oneOf(NAMES, (value) => `Algorithm '${value}' is not supported! Supported: ${NAMES.join(', ')}`)
      .default('md5')
      .describe(
        `Algorithm: ${NAMES.join(', ')}. sha2 is sha512, murmur3 Spark's, murmur32 the standard one.`,
      ),
    salt: secret.describe('Text that is put before every value. Secret.'),
    key: secret.describe('With sha1, sha256, sha512: key of the HMAC (its UTF-8 bytes). Secret.'),
    onMissingColumn: onMissingColumn('fail'),
  })
  .superRefine(({ algo, key }, context) => {
    if (key !== undefined && digestOf(algo).hmac === undefined)
      refuseOption(context, 'key', `is for sha1, sha256 and sha512 only, not for ${algo}; remove it`);
  });

/**
 * Replaces values by a digest of their text (of their bytes where the column is binary): in lower-case hexadecimal, but
 * numbers for crc32 and murmur3. Nulls stay null, but 42 for murmur3. Equal values have equal digests within a
 * transfer, whatever the format they came in.
 */
export const digestColumns: Transform<z.output<typeof options>> = {
  action: 'DigestColumns',
  aliases: ['DigestColumn', 'Digest'],
  description: 'Replaces the values of the listed columns by their digest; nulls stay null.',
  needsColumns: true,
  options,
  effect(relation, columns, { algo, salt, key, onMissingColumn: onMissing }, context) {
    const digest = digestOf(algo);
    const given = { salted: salt !== undefined, keyed: key !== undefined, index: context.index };
    const wanted = { action: 'DigestColumns', columns, onMissing };
    return editValues(relation, wanted, context, digesting(digest, given));
  },
};

const digestOf = (algorithm: Algorithm): Digest => ALGORITHMS[algorithm];

function digesting(
  { call, type, hmac, ofNull }: Digest,
  { salted, keyed, index }: { salted: boolean; keyed: boolean; index: number },
): Edit {
  const native = !call.startsWith('ddc_') && !keyed;
  return (value) => {
    const bytes = native ? bytesOf(value) : packedBytesOf(value);
    const input = salted ? `ddc_salt(${index}) || ${bytesOf(value)}` : bytes;
    const sql = keyed ? `ddc_hmac(${index}, '${hmac}', ${input})` : `${call}(${input})`;
    return { sql: ofNull === undefined ? sql : `coalesce(${sql}, ${ofNull})`, type };
  };
}
