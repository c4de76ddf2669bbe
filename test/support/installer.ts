/**
 * Takes the installers' lock again and again, and leaves it each time as if it had died with it. Reports to the
 * file `overlaps` when it was not alone. Arguments: directory, rounds.
 */
import { appendFileSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquire } from '../../deploy/local/install-lock.mjs';

/** Larger than any process id that Linux gives out. */
const NOBODY = 2 ** 22 + 1;
const [dir = '', rounds = ''] = process.argv.slice(2);
const lock = join(dir, 'install.lock');
const inside = join(dir, 'inside');

for (let round = 0; round < Number(rounds); round += 1) {
  acquire(lock);
  try {
    mkdirSync(inside);
  } catch {
    appendFileSync(join(dir, 'overlaps'), `${process.pid} in round ${round}\n`);
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  rmdirSync(inside);
  writeFileSync(lock, String(NOBODY));
}
appendFileSync(join(dir, 'done'), 'x');
