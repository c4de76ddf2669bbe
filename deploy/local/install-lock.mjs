// One installer of packages at a time. Plain JavaScript without imports from packages: bootstrap.mjs needs it before
// there are any, on any Node.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const POLL_MS = 200;
/** A lock that names nobody may be one that an older version is just writing. */
const UNSIGNED_MS = 5_000;

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Waits until this process holds the lock; one whose owner is gone is broken. */
export function acquire(file) {
  mkdirSync(dirname(file), { recursive: true });
  for (let tries = 0; !tryAcquire(file); tries += 1) {
    if (tries === 0)
      console.error(
        `node modules: process ${ownerOf(file) || '?'} installs them; waiting (if it does not: rm ${file})`,
      );
    sleep(POLL_MS);
  }
}

export function release(file) {
  rmSync(file, { force: true });
}

function tryAcquire(file) {
  // Written first and then linked: the lock appears together with its owner's name.
  const signed = `${file}.${process.pid}`;
  writeFileSync(signed, String(process.pid));
  try {
    linkSync(signed, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(signed, { force: true });
  }
  return breakIfAbandoned(file) && tryAcquire(file);
}

/**
 * Two processes may find the same dead owner; if each simply removed the file, the second could remove the lock that
 * a third has just taken. So breaking a lock needs a lock itself.
 */
function breakIfAbandoned(file) {
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

function isAbandoned(file) {
  const owner = ownerOf(file);
  if (owner === undefined) return false;
  try {
    if (owner === 0) return Date.now() - statSync(file).mtimeMs > UNSIGNED_MS;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** undefined: there is no lock. 0: it names nobody. */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return undefined;
  }
}
