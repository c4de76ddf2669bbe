import { z } from 'zod';

/** Characters of an error in the history. */
export const MOST_HISTORY_ERROR = 1_024;

const count = (description: string) => z.int().min(0).optional().describe(description);

const runRecord = z.object({
  workflowId: z.string().describe('Temporal workflow id of the run.'),
  runId: z.string().optional().describe('Temporal run id.'),
  start: z.iso.datetime().optional().describe('When it started.'),
  end: z.iso.datetime().describe('When it ended.'),
  result: z.enum(['Succeeded', 'Failed', 'Cancelled']).describe('How it ended.'),
  rows: count('Rows written.'),
  bytes: count('Bytes written.'),
  error: z.string().max(MOST_HISTORY_ERROR).optional().describe('Why it did not succeed.'),
});

export type RunRecord = z.infer<typeof runRecord>;

/** `status.history` */
export const historySchema = z
  .array(runRecord)
  .max(40)
  .describe(
    'Runs that have ended, the newest first; as many as successfulJobHistoryLimit and failedJobHistoryLimit say.',
  );

/** `status.runNow` */
export const runNowSchema = z
  .object({
    value: z.string().max(128).describe('The value, or its SHA-256 when it is long.'),
    afterRuns: z
      .int()
      .min(0)
      .optional()
      .describe(
        'How many runs the schedule had started when it was asked for this one; absent when it has started.',
      ),
  })
  .describe('The last value of the annotation ddc.fybrik.io/run-now that has been seen to.');
