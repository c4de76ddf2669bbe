import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { errorCode } from './errors.ts';

/** Names one process for ever: a process id alone is used again by the system. */
export type Owner = z.infer<typeof OWNER>;

const OWNER = z.object({
  pid: z.number(),
  /** Opaque; from /proc. Empty where the system has no /proc: then the process id alone decides. */
  startTime: z.string(),
  host: z.string(),
});

/** How long a lock of another machine (shared home directory) is honoured; its processes cannot be looked at. */
const FOREIGN_LOCK_MS = 60 * 60 * 1000;

let boot: string | undefined;

export function thisProcess(): Owner {
  return { pid: process.pid, startTime: startTime(process.pid) ?? '', host: hostname() };
}

/** undefined when the text is not what a process signed with JSON.stringify(thisProcess()). */
export function parseOwner(text: string): Owner | undefined {
  try {
    return OWNER.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Start time of a running process, undefined when there is none. A zombie (ended, but not yet collected by its
 * parent, which in a container may never happen) counts as gone, although signals can still be sent to it.
 */
export function startTime(pid: number): string | undefined {
  if (process.platform !== 'linux') return answersSignals(pid) ? '' : undefined;
  try {
    const ticks = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // Ticks count from the start of the machine, which may have started again.
    return ticks && `${ticks}@${(boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())}`;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); undefined for the states zombie and dead. */
export function parseStat(stat: string): string | undefined {
  // The second field is the program's name in brackets and may itself hold brackets and blanks.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  return /^[ZXx]$/.test(fields[0] ?? '') ? undefined : fields[19];
}

export function isAlive(owner: Pick<Owner, 'pid' | 'startTime'>): boolean {
  return startTime(owner.pid) === owner.startTime;
}

/** @param ageMs how long ago the owner signed */
export function isGone(owner: Owner, ageMs: number): boolean {
  if (owner.host !== hostname()) return ageMs > FOREIGN_LOCK_MS;
  return !isAlive(owner);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
