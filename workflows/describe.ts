import type { RunPhase, RunProgress, Transfer } from './contract.ts';

const PHASES: Record<RunPhase, string> = {
  plan: 'Planning',
  copy: 'Copying',
  publish: 'Publishing',
  verify: 'Verifying',
  cleanUp: 'Cleaning up',
  discard: 'Removing what the run has left',
  delete: 'Deleting the data',
  parked: 'Parked',
  done: 'Done',
};

/** The run in a few lines of Markdown, for the Web UI's page of the workflow. */
export function describeProgress(transfer: Transfer, progress: RunProgress): string {
  const { source, destination } = transfer;
  const { rowsRead, rowsWritten } = progress.statistics;
  const lines = [
    `**${progress.phase === 'done' ? progress.state : PHASES[progress.phase]}** \`${source.description}\` → \`${destination.description}\``,
  ];
  if (progress.chunksTotal > 0)
    lines.push(
      `Chunks: ${progress.chunksDone} of ${progress.chunksTotal}. Rows: ${rowsRead} read, ${rowsWritten} written.`,
    );
  if (progress.failure !== undefined) {
    const { message, attempt, maxAttempts, nextRetryTime } = progress.failure;
    lines.push(
      nextRetryTime === undefined
        ? `**Failed:** ${message}`
        : `**Waiting** to retry (${attempt}${maxAttempts === 0 ? '' : ` of ${maxAttempts}`}) at ${nextRetryTime}: ${message}`,
    );
  }
  const { parked, paused } = progress;
  if (parked !== undefined)
    lines.push(
      `**Parked** until ${parked.until}: what is done is kept. Repair the cause, then send the update \`retry\` or touch the resource.`,
    );
  if (paused !== undefined) lines.push(`**Paused** since ${paused.since}: ${paused.reason}`);
  for (const warning of progress.warnings) lines.push(`Warning: ${warning}`);
  return lines.join('\n\n');
}
