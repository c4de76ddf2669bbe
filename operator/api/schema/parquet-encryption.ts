import { z } from 'zod';
import { any, given, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { refersToSecrets, secretFields } from './secrets.ts';

/** AES-128, AES-192, AES-256. */
const KEY_BYTES = new Set([16, 24, 32]);
const KEY_ID = 4096;

const key = (what: string) =>
  text(1024, (value) =>
    /^[A-Za-z0-9+/_-]+={0,2}$/.test(value.trim()) && KEY_BYTES.has(Buffer.from(value.trim(), 'base64').length)
      ? []
      : ['must be 16, 24 or 32 bytes in base64'],
  )
    .optional()
    .describe(
      `${what}: 16, 24 or 32 bytes in base64. Readable by everyone who may read this resource: for development only.`,
    );

/** Here, or where the block refers to. */
const required = (name: string) => ({
  condition: any(given(name), refersToSecrets),
  message: 'is required',
  field: name,
});

const columnKeys = z
  .array(
    ruled(
      block({
        columns: z
          .array(text(1024))
          .max(10_000)
          .describe('Names of columns, or of nested fields by their path (customer.email).'),
        key: key('Key of these columns'),
        keyId: text(KEY_ID)
          .optional()
          .describe('Of a destination: key metadata that readers find the key by.'),
        ...secretFields,
      }),
      [required('key')],
    ),
  )
  .max(1000)
  .superRefine((given, context) => {
    const seen = new Set<string>();
    for (const [index, { columns }] of given.entries()) {
      if (columns.length === 0)
        context.addIssue({ code: 'custom', path: [index, 'columns'], message: 'must name a column' });
      for (const [number, name] of columns.entries()) {
        if (seen.has(name))
          context.addIssue({ code: 'custom', path: [index, 'columns', number], message: 'is named twice' });
        seen.add(name);
      }
    }
  })
  .optional()
  .describe('Columns with keys of their own. Default: the footer key encrypts all columns.');

export const parquetEncryption = ruled(
  block({
    footerKey: key('Key of the footer and of all columns without a key of their own'),
    footerKeyId: text(KEY_ID)
      .optional()
      .describe('Of a destination: key metadata that readers find the footer key by.'),
    columnKeys,
    ...secretFields,
  }),
  [required('footerKey')],
)
  .optional()
  .describe(
    'Keys of encrypted Parquet (Parquet Modular Encryption). A source may use AES_GCM_V1 or AES_GCM_CTR_V1; a destination is written with AES_GCM_V1, footer and columns, in one chunk.',
  );
