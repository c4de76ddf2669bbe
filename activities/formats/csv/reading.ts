import { z } from 'zod';

const schema = z.object({
  /** Cuts are begins of records, not just places near them. */
  exact: z.boolean(),
  /** 1-based line at every cut that is known: the first one, or all when exact. */
  lines: z.array(z.int().min(1)).min(1),
  dialect: z.object({
    delimiter: z.string(),
    quote: z.string(),
    escape: z.string(),
    nullValue: z.string(),
  }),
  encoding: z.enum(['UTF-8', 'UTF-16LE', 'UTF-16BE', 'ISO-8859-1']),
  compression: z.enum(['none', 'gzip', 'zstd']),
  /** Offset of the first record, in the decompressed bytes. */
  dataStart: z.int().min(0),
  /** Columns of which no value was seen: they are text until one is. */
  unseen: z.array(z.int()),
  /** Types have been contradicted before: next time all values are looked at. */
  contradicted: z.boolean(),
});

/** What reading a chunk needs to know of the plan besides columns and cuts. */
export type Reading = z.infer<typeof schema>;

export function parseReading(reading: unknown): Reading {
  return schema.parse(reading);
}
