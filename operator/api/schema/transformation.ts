import { z } from 'zod';
import { ACTIONS, actionProblems } from '../actions.ts';
import { transformationProblems } from '../checks/transformation.ts';
import { describeIssue } from '../errors.ts';
import { property } from '../json.ts';
import { block, text } from './block.ts';
import { secretFields, secretReferences } from './secrets.ts';

const SECRET_FIELDS = Object.keys(secretFields);

/** Of the options only what refers to secrets is the same for all actions; each action checks its own. */
const options = z.record(z.string(), z.unknown()).superRefine((given, context) => {
  const references = SECRET_FIELDS.map((name) => [name, property(given, name)]);
  const { error } = secretReferences.safeParse(Object.fromEntries(references), { error: describeIssue });
  for (const issue of error?.issues ?? []) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [key]) : [[]];
    for (const key of keys)
      context.addIssue({ code: 'custom', path: [...issue.path, ...key], message: issue.message });
  }
});

const transformation = block({
  name: text(1024).optional().describe('For people: names the transformation in messages.'),
  action: text(255, actionProblems).describe(
    `What to do: one of ${ACTIONS.join(', ')}, in any case. RemoveColumn, Redact, Digest, Filter, Sample and Encrypt are accepted too.`,
  ),
  columns: z.array(text(1024)).max(10_000).optional().describe('Columns that the action is applied to.'),
  options: options
    .optional()
    .describe(
      'Options of the action. RedactColumns: redactType (fixed, random, formatted, null; default fixed), redactValue (default XXXXXXXXXX), keepFirst, keepLast, keepDomain, creditCard. DigestColumns: algo (md5, sha1, sha256, sha512, crc32, murmur3, murmur32, xxhash32, xxhash64; default md5), salt, key. EncryptColumns: key (required), keyId, algorithm (AES-256-GCM, AES-SIV, FF1; default AES-256-GCM), alphabet. FilterRows: clause (a condition in SQL; rows for which it is true are kept). SampleRows: fraction (default 0.25), seed. All on columns: onMissingColumn (fail or ignore). key and salt may come from vault, vaultPath or secretImport, spelled as in a store block.',
    ),
})
  .superRefine((value, context) => {
    for (const { place, message } of transformationProblems(value))
      context.addIssue({ code: 'custom', path: place, message });
  })
  .describe('One change on the way, applied to the result of the previous one.');

export const transformations = z
  .array(transformation)
  .max(1000)
  .optional()
  .describe('What to change on the way, in order.');
