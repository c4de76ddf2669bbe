import { z } from 'zod';

const count = (description: string) => z.int().min(0).describe(description);

/** Columns of one side in the status. */
export const MOST_COLUMNS = 100;
/** Entries of lists in the status. */
export const MOST_TEXTS = 50;

const texts = (description: string) => z.array(z.string().max(1024)).max(MOST_TEXTS).describe(description);

const side = (name: string) =>
  z
    .object({
      format: z.string().describe('Data format, e.g. csv or parquet.'),
      columns: z
        .array(
          z.object({
            name: z.string().describe('Column name.'),
            type: z.string().describe("Type in Apache Arrow's names."),
            nullable: z.boolean().describe('Whether the column may hold nulls.'),
          }),
        )
        .max(MOST_COLUMNS)
        .describe('The first columns in order.'),
      moreColumns: count('How many columns follow.'),
    })
    .describe(`Schema of the ${name}.`);

/** `status.plan` */
export const planSchema = z
  .object({
    generation: z.int().describe('Generation of the spec that was planned.'),
    source: side('source'),
    destination: side('destination'),
    conversions: texts('Types that become others, e.g. `at: int96 -> timestamp[us]`.'),
    warnings: texts('What is worth knowing before the run.'),
    objects: count('Objects to read.'),
    bytes: count('Bytes to read.'),
    chunks: count('Chunks in all.'),
    slices: count('Activities that copy them.'),
    writes: z.string().max(2048).describe('Where the copy goes; with a slash at the end: several objects.'),
    present: z.string().max(2048).describe('What is there now and what becomes of it.'),
    requests: z
      .object({
        get: count('GET and HEAD.'),
        put: count('PUT, POST and LIST.'),
        part: count('Parts of multipart uploads.'),
        delete: count('DELETE.'),
      })
      .describe('Estimated requests to both sides.'),
    estimatedSeconds: z.number().min(0).optional().describe('Estimated time with one worker.'),
    permissions: z
      .array(
        z.object({
          side: z.enum(['source', 'destination']).describe('Which store was asked.'),
          request: z.string().describe('What was asked for, e.g. GET.'),
          location: z.string().max(2048).describe('Of which object or prefix.'),
          outcome: z
            .enum(['allowed', 'denied', 'not probed'])
            .describe('not probed: it cannot be known without writing.'),
          message: z.string().max(1024).optional().describe('Why.'),
        }),
      )
      .max(16)
      .describe('What the credentials allow.'),
  })
  .describe('What a run would do; filled while the annotation ddc.fybrik.io/dry-run is "true".');
