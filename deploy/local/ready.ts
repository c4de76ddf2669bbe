import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessPlan } from './plan.ts';
import { lastLines } from './process.ts';
import type { Group } from './process.ts';

/** A process ended instead of serving. */
export class ProcessEndedError extends Error {
  override name = 'ProcessEndedError';
  readonly portTaken: boolean;
  constructor(message: string, portTaken: boolean) {
    super(message);
    this.portTaken = portTaken;
  }
}

const PROBE_TIMEOUT_MS = 5_000;
const SHOWN_LOG_LINES = 8;

/**
 * Waits until a started process serves.
 * @throws ProcessEndedError when it ends first; Error when it takes too long. Both show the last lines of the log.
 */
export async function untilReady(plan: ProcessPlan, group: Group, logFile: string): Promise<void> {
  const deadline = Date.now() + plan.readyWithinMs;
  let end: string | undefined;
  void group.ended.then((how) => (end = how));
  let lastFailure = '';
  for (;;) {
    const probe = failureOf(plan.probe(AbortSignal.timeout(PROBE_TIMEOUT_MS)));
    const failure = await Promise.race([probe, group.ended]);
    // Looked at after the probe: whoever answered was another server if ours has ended.
    if (end !== undefined) throw ended(plan.name, end, logFile);
    if (failure === undefined) return;
    lastFailure = failure;
    if (Date.now() > deadline)
      throw new Error(
        `${plan.name} does not serve after ${plan.readyWithinMs / 1000} s: ${lastFailure}\n${tail(logFile)}`,
      );
    await delay(25);
  }
}

function ended(name: string, how: string, logFile: string): ProcessEndedError {
  const text = tail(logFile);
  return new ProcessEndedError(`${name} ended with ${how} before it served\n${text}`, isPortTaken(text));
}

/** As the Go runtime, which all servers here are made with, says it. */
function isPortTaken(log: string): boolean {
  return /address already in use|port is already in use|is not available|can't listen/i.test(log);
}

function tail(logFile: string): string {
  const lines = lastLines(logFile, SHOWN_LOG_LINES).map((line) => `  | ${line.slice(0, 400)}`);
  return [`last lines of ${logFile}:`, ...lines].join('\n');
}

async function failureOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
