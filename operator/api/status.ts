import { z } from 'zod';
import { cancelSchema, parkedSchema, revisedSchema } from './control-status.ts';
import { historySchema, runNowSchema } from './history-status.ts';
import { planSchema } from './plan-status.ts';

/** `fybrik.io/v1` state vocabulary. Failed = recovering; Fatal and ConfigurationError need a person. */
const STATES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Fatal', 'ConfigurationError'] as const;

const count = (description: string) => z.int().min(0).optional().describe(description);
const time = (description: string) => z.iso.datetime().optional().describe(description);

const columnSchema = z.object({
  name: z.string().describe('Column name.'),
  type: z.string().describe("Type in Apache Arrow's names, e.g. int64, utf8, timestamp[us, UTC]."),
  nullable: z.boolean().describe('Whether the column may hold nulls.'),
});

const technicalMetadata = (side: string) =>
  z
    .object({
      format: z.string().describe('Data format, e.g. csv or parquet.'),
      columns: z.array(columnSchema).max(10_000).describe('Columns in order.'),
      bytes: count('Size in bytes.'),
      rows: count('Number of rows, where known.'),
      objects: count('Number of objects.'),
      conversions: z
        .array(z.string().max(1024))
        .max(200)
        .optional()
        .describe('Types that become others, e.g. at: int96 -> timestamp[us].'),
      details: z
        .record(z.string(), z.string())
        .optional()
        .describe('Facts of the format, e.g. compression, row groups, delimiter.'),
    })
    .optional()
    .describe(`Technical metadata (schema) of the ${side}.`);

const condition = z
  .object({
    type: z.string().max(316).describe('Ready, Progressing or Stalled.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
    observedGeneration: z.int().optional().describe('Generation of the spec that this condition describes.'),
    lastTransitionTime: z.iso.datetime().describe('When the status of the condition changed last.'),
    reason: z.string().min(1).max(1024).describe('Why, in one word for programs.'),
    message: z.string().max(32_768).describe('Why, for people.'),
  })
  .describe('One aspect of the state, as other Kubernetes resources tell it.');

const receiptSchema = z
  .object({
    runId: z.string().describe('The run that it is about; also in the metadata (ddc-run) of the objects.'),
    verified: z
      .string()
      .describe('How far the run was verified: chunks, or full (the published objects were read back).'),
    rowsRead: count('Rows read from the source.'),
    rowsFiltered: count('Rows read and, as the transformations say, not written.'),
    rowsWritten: count('Rows written to the destination.'),
    objects: count('Objects written.'),
    checksumAlgorithm: z
      .string()
      .optional()
      .describe('What the checksums are, e.g. sum of DuckDB 1.5.5 hash.'),
    checksums: z
      .array(
        z.object({
          column: z.string().describe('Column name.'),
          sum: z.string().describe('Checksum of all values, whatever the order of the rows; decimal.'),
        }),
      )
      .max(100)
      .optional()
      .describe('Checksums of the first columns; the receipt object has all.'),
    key: z.string().optional().describe("Key of the receipt object in the destination's bucket."),
    sha256: z.string().optional().describe("Of the receipt's canonical JSON (RFC 8785), in hex."),
    signature: z.string().optional().describe('Ed25519 signature of the same, in Base64.'),
    signedBy: z.string().optional().describe('The signing key: SHA256: and the hash of the public key.'),
  })
  .optional()
  .describe('What the last successful run proves, in short; `ddc receipt verify` checks the receipt object.');

export const statusSchema = z
  .object({
    status: z
      .enum(STATES)
      .optional()
      .describe(
        'Pending: not started. Running. Succeeded. Failed: recovering, a retry is due. Fatal: will not work as it is. ConfigurationError: the resource itself is wrong.',
      ),
    error: z.string().max(32_768).optional().describe('What is wrong and what would be right.'),
    hint: z.string().max(1024).optional().describe('While Fatal: what to change.'),
    sourceDescription: z.string().max(4096).optional().describe('What is read, for people.'),
    destinationDescription: z.string().max(4096).optional().describe('What is written, for people.'),
    observedGeneration: z.int().optional().describe('Generation of the spec that this status describes.'),
    active: z.string().optional().describe('Temporal workflow id of the run in progress.'),
    lastCompleted: z.string().optional().describe('Temporal workflow id of the last run that succeeded.'),
    lastFailed: z.string().optional().describe('Temporal workflow id of the last run that failed.'),
    placement: z
      .object({
        region: z
          .string()
          .optional()
          .describe('Region whose workers do the work; absent = those without a region.'),
        taskQueue: z.string().describe('Temporal task queue that they poll.'),
        message: z.string().max(1024).describe('Why there.'),
      })
      .optional()
      .describe('Where the work is done; absent where the operator knows of no regions.'),
    schedule: z.string().optional().describe('Id of the Temporal Schedule that starts the runs.'),
    lastScheduleTime: time('When the schedule started a run last.'),
    nextScheduleTime: time('When the schedule starts a run next; absent while it is suspended.'),
    runNow: runNowSchema.optional(),
    cancel: cancelSchema.optional(),
    revised: revisedSchema.optional(),
    parked: parkedSchema.optional(),
    history: historySchema.optional(),
    lastSuccessTime: time('When the last run succeeded.'),
    lastRecordTime: time('Freshness: the copy holds what the source held at this time.'),
    startTime: time('When the current or last run started.'),
    numRecords: count('Rows written by the last successful run.'),
    progress: z
      .object({
        phase: z
          .string()
          .describe(
            'What the run is doing: plan, copy, publish, verify, cleanUp, discard, delete or parked.',
          ),
        chunksDone: z.int().min(0).describe('Chunks that are copied.'),
        chunksTotal: z.int().min(0).describe('Chunks in all; 0 before the plan is made.'),
        percent: z.int().min(0).max(100).describe('chunksDone in percent of chunksTotal.'),
      })
      .optional()
      .describe('How far the current run is.'),
    retry: z
      .object({
        attempt: z.int().min(0).describe('Which retry is due.'),
        maxAttempts: z.int().min(0).describe('After so many the run is Fatal.'),
        nextRetryTime: time('When it is tried again.'),
      })
      .optional()
      .describe('While Failed: the retry that is due.'),
    statistics: z
      .object({
        rowsRead: count('Rows read from the source.'),
        rowsWritten: count('Rows written to the destination.'),
        bytesRead: count('Bytes read from the source.'),
        bytesWritten: count('Bytes written to the destination.'),
        durationSeconds: z.number().min(0).optional().describe('Wall time of the run in seconds.'),
      })
      .optional()
      .describe('Counts of the current or last run.'),
    source: technicalMetadata('source'),
    destination: technicalMetadata('destination'),
    receipt: receiptSchema,
    warnings: z
      .array(z.string().max(1024))
      .max(100)
      .optional()
      .describe('What was accepted but ignored, or is worth knowing.'),
    objects: z
      .array(
        z.object({
          endpoint: z.string().describe('URL of the S3 service.'),
          bucket: z.string().describe('Name of the bucket.'),
          key: z.string().describe('Key of the object.'),
          etag: z.string().describe('ETag by which the object is recognised as ours.'),
          bytes: z.int().min(0).describe('Size in bytes.'),
        }),
      )
      .max(1_000)
      .optional()
      .describe('Objects that this transfer has written and that are removed with it.'),
    generations: z
      .array(
        z.object({
          prefix: z.string().describe('Begin of its keys in the bucket of the destination.'),
          objects: z.int().min(0).describe('How many objects it has.'),
          bytes: z.int().min(0).describe('Their size in bytes.'),
        }),
      )
      .max(100)
      .optional()
      .describe('Earlier data that is kept, the newest first; see keepGenerations.'),
    plan: planSchema.optional(),
    conditions: z
      .array(condition)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
      .optional()
      .describe('Standard Kubernetes conditions.'),
  })
  .describe('What DDC has done and is doing about this resource.');

export type ResourceStatus = z.infer<typeof statusSchema>;
