import { z } from 'zod';
import { TransferError } from '../activities/failures.ts';

const asset = z.object({
  bucket: z.string(),
  endpoint: z.string(),
  format: z.string(),
  columns: z.array(z.object({ name: z.string() })),
  objectCount: z.int(),
  objects: z.array(z.object({ key: z.string() })),
});

/** What is told of a receipt; who has signed it says what else is in it. */
const summary = z.object({
  receipt: z.literal(1),
  transfer: z.object({ kind: z.string(), namespace: z.string(), name: z.string(), generation: z.int() }),
  runId: z.string(),
  startedAt: z.string(),
  publishedAt: z.string(),
  verified: z.string(),
  counts: z.object({
    rowsRead: z.int(),
    rowsFiltered: z.int(),
    rowsWritten: z.int(),
    bytesRead: z.int(),
    bytesWritten: z.int(),
  }),
  checksums: z.object({ algorithm: z.string(), columns: z.array(z.unknown()) }).optional(),
  source: asset,
  destination: asset,
  transformations: z.array(z.object({ action: z.string(), columns: z.array(z.string()) })),
  versions: z.object({ ddc: z.string(), engine: z.string() }),
});

/** For people: names and values. MalformedData when it is no receipt of a known form. */
export function summaryOf(receipt: unknown): [string, string][] {
  const parsed = summary.safeParse(receipt);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TransferError('MalformedData', `not a receipt: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { transfer, counts, checksums, source, destination, transformations, versions, ...run } = parsed.data;
  const steps = transformations.map(({ action, columns }) => `${action}(${columns.join(', ')})`);
  const lines: [string, string][] = [
    [
      'transfer',
      `${transfer.kind} ${transfer.namespace}/${transfer.name}, generation ${transfer.generation}`,
    ],
    ['run', `${run.runId}, ${run.startedAt} to ${run.publishedAt}`],
    ['source', described(source)],
    ['destination', described(destination)],
    ['transformations', steps.join(', ') || 'none'],
    ['rows', `${counts.rowsRead} read, ${counts.rowsFiltered} filtered, ${counts.rowsWritten} written`],
    ['bytes', `${counts.bytesRead} read, ${counts.bytesWritten} written`],
    [
      'checksums',
      checksums === undefined ? 'none' : `${checksums.columns.length} columns, ${checksums.algorithm}`,
    ],
    ['verified', run.verified],
    ['versions', `ddc ${versions.ddc}, ${versions.engine}`],
  ];
  return lines.map(([name, value]) => [name, printable(value)]);
}

function described({
  endpoint,
  bucket,
  format,
  columns,
  objects,
  objectCount,
}: z.infer<typeof asset>): string {
  const more = objectCount > 1 ? ` and ${objectCount - 1} more` : '';
  return `s3://${bucket}/${objects[0]?.key ?? ''}${more} at ${endpoint}, ${format}, ${columns.length} columns`;
}

/** Names come from others: no line of theirs must look like one of ours. */
function printable(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
