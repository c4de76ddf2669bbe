import { z } from 'zod';
import { literal } from '../engine/engine.ts';
import { editValues, onMissingColumn, refuseOption } from './each-value.ts';
import { ALPHABET_FORM, DIGITS, isAlphabet } from './encryption/ff1.ts';
import { KEY_FORM, KEY_ID, parseKey } from './encryption/key.ts';
import type { Edit } from './nested.ts';
import { mustBe, oneOf } from './options.ts';
import { packedBytesOf, packedText, placeArguments } from './sql.ts';
import type { Transform, TransformContext } from './transform.ts';

const ALGORITHMS = ['AES-256-GCM', 'AES-SIV', 'FF1', 'deterministic'] as const;

const options = z
  .strictObject({
    algorithm: oneOf(ALGORITHMS)
      .default('AES-256-GCM')
      .describe(
        'AES-256-GCM: equal values look different. AES-SIV or deterministic: equal values look equal. FF1: keeps the format.',
      ),
    // The message never shows it.
    key: z
      .string({ error: (issue) => (issue.input === undefined ? 'is required: ' : 'must be ') + KEY_FORM })
      .refine((key) => parseKey(key) !== undefined, `must be ${KEY_FORM}; its value is not shown`)
      .describe(`The key: ${KEY_FORM}. Secret.`),
    keyId: z
      .string(mustBe('a text'))
      .regex(KEY_ID, mustBe('1 to 64 letters, digits, ".", "_" or "-"'))
      .optional()
      .describe('Name of the key, kept with every value. By default derived from the key. Not with FF1.'),
    alphabet: z
      .string(mustBe('a text'))
      .refine(isAlphabet, mustBe(ALPHABET_FORM))
      .optional()
      .describe(`With FF1: the characters that are encrypted. Default ${DIGITS}.`),
    onMissingColumn: onMissingColumn('fail'),
  })
  .superRefine(({ algorithm, keyId, alphabet }, context) => {
    if (algorithm === 'FF1' && keyId !== undefined)
      refuseOption(context, 'keyId', 'FF1 keeps the format, so that there is no place for it; remove it');
    if (algorithm !== 'FF1' && alphabet !== undefined)
      refuseOption(context, 'alphabet', 'is for algorithm FF1 only; remove it');
  });

type Options = z.output<typeof options>;

/**
 * Encrypts the text of values (the bytes of binary ones), so that who holds the key can have them back (`ddc decrypt`).
 * The result is a text; nulls stay null.
 */
export const encryptColumns: Transform<Options> = {
  action: 'EncryptColumns',
  aliases: ['EncryptColumn', 'Encrypt'],
  description: 'Encrypts the values of the listed columns; nulls stay null.',
  needsColumns: true,
  options,
  rowIdentity: ({ algorithm }) => (algorithm === 'AES-256-GCM' ? 'any' : 'none'),
  effect(relation, columns, given, context) {
    const wanted = { action: 'EncryptColumns', columns, onMissing: given.onMissingColumn };
    return editValues(relation, wanted, context, encryption(given, context));
  },
};

function encryption({ algorithm, keyId, alphabet }: Options, context: TransformContext): Edit {
  const type = 'VARCHAR';
  const id = literal(keyId ?? '');
  const { index } = context;
  switch (algorithm) {
    case 'AES-256-GCM':
      return (value) => {
        const place = placeArguments(value, context);
        return { sql: `ddc_encrypt_gcm(${place}, ${id}, ${packedBytesOf(value)})`, type };
      };
    case 'AES-SIV':
    case 'deterministic':
      return (value) => ({ sql: `ddc_encrypt_siv(${index}, ${id}, ${packedBytesOf(value)})`, type });
    case 'FF1': {
      const characters = literal(alphabet ?? DIGITS);
      return (value) => ({
        sql: `ddc_encrypt_ff1(${index}, ${characters}, ${value.label}, ${packedText(value)})`,
        type,
      });
    }
  }
}
