import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './errors.ts';
import { isGone, parseOwner, thisProcess } from './owner.ts';
import type { Owner } from './owner.ts';
import { withProgress } from './progress.ts';
import type { Log } from './progress.ts';

const POLL_MS = 100;

/**
 * Does the work while no other process on this file system holds the same lock. A lock whose owner has ended, in
 * whatever way, is broken. Waiting is announced.
 * @param file the lock; exists while it is held
 * @param label e.g. `etcd`, for the announcement
 */
export async function withLock<T>(file: string, label: string, log: Log, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  if (!tryAcquire(file)) await acquireLater(file, label, log);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquireLater(file: string, label: string, log: Log): Promise<void> {
  const holder = readOwner(file)?.owner;
  if (holder) log(`${label}: process ${holder.pid} is obtaining it; waiting for that`);
  const waiting = (async () => {
    while (!tryAcquire(file)) await delay(POLL_MS);
  })();
  await withProgress(log, `${label}: waiting for process ${holder?.pid ?? '?'}`, () => '', waiting);
}

/** @returns whether this process holds the lock now */
export function tryAcquire(file: string): boolean {
  // Written first and then linked: the lock appears together with its owner's name.
  const signed = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  writeFileSync(signed, JSON.stringify(thisProcess()));
  try {
    linkSync(signed, file);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return breakIfAbandoned(file) && tryAcquire(file);
  } finally {
    rmSync(signed, { force: true });
  }
}

/**
 * Two processes may find the same dead owner; if each simply removed the file, the second could remove the lock
 * that the first has just taken. So breaking a lock needs a lock itself.
 */
function breakIfAbandoned(file: string): boolean {
  if (!isAbandoned(file)) return false;
  const right = `${file}.break`;
  if (!tryAcquire(right)) return false;
  try {
    if (!isAbandoned(file)) return false;
    rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

function isAbandoned(file: string): boolean {
  const found = readOwner(file);
  return found !== undefined && (found.owner === undefined || isGone(found.owner, found.ageMs));
}

/** undefined: there is no lock. Owner undefined: it names nobody (damaged by a full disk, say). */
function readOwner(file: string): { owner: Owner | undefined; ageMs: number } | undefined {
  let text: string;
  let ageMs: number;
  try {
    text = readFileSync(file, 'utf8');
    ageMs = Date.now() - statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
  return { owner: parseOwner(text), ageMs };
}
