import type { RunPhase, RunProgress } from '../../workflows/contract.ts';
import { duration } from '../durations.ts';
import { bar, paceOf, paceText } from '../pace.ts';
import { printable } from '../table.ts';

const PHASES: Record<RunPhase, string> = {
  plan: 'planning',
  copy: 'copying',
  publish: 'publishing',
  verify: 'verifying',
  cleanUp: 'cleaning up',
  discard: 'removing what the run has left',
  delete: 'deleting',
  parked: 'parked',
  done: 'done',
};

/** How far a run is, in one line. */
export function progressLine(progress: RunProgress, now: Date): string {
  const { state, phase, failure, chunksDone, chunksTotal, startedAt, statistics } = progress;
  if (state === 'Failed' && failure !== undefined) {
    const { attempt, maxAttempts, nextRetryTime, message } = failure;
    const which = `${attempt}${maxAttempts > 0 ? ` of ${maxAttempts}` : ''}`;
    const seconds = nextRetryTime === undefined ? 0 : (Date.parse(nextRetryTime) - now.getTime()) / 1000;
    return printable(`failed, retry ${which} in ${duration(seconds)}: ${message}`);
  }
  if (phase !== 'copy' || chunksTotal === 0) return PHASES[phase];
  const pace = paceText(paceOf({ startedAt, chunksDone, chunksTotal, bytesRead: statistics.bytesRead }, now));
  const chunks = `${chunksDone} of ${chunksTotal} chunks`;
  return `${PHASES[phase]}  ${bar(percentOf(progress))}  ${chunks}${pace === '' ? '' : `, ${pace}`}`;
}

/** Changes when there is something new that is worth a line of its own: another step, a retry, a tenth of the chunks. */
export function newsOf(progress: RunProgress): string {
  const { state, phase, failure } = progress;
  if (state === 'Failed') return `failed ${failure?.attempt}`;
  return phase === 'copy' ? `copy ${Math.floor(percentOf(progress) / 10)}` : phase;
}

function percentOf({ chunksDone, chunksTotal }: RunProgress): number {
  return chunksTotal === 0 ? 0 : Math.floor((100 * Math.min(chunksDone, chunksTotal)) / chunksTotal);
}
