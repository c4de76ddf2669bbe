import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { countdown, fromRecord, holdAt, readLog } from '../support/crash.ts';
import { kindCopies, type KindCopies } from '../support/kind-copies.ts';
import { kindReferences, type KindReferences } from '../support/kind-references.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { randomNumbers } from '../support/store-faults.ts';

const KILLS = 20;
/** Another one makes other moments. */
const SEED = Number(process.env['DDC_FAULT_SEED'] ?? 1);
const MANY_KILLS_MS = 600_000;

let stack: Stack;
let copies: KindCopies;
let references: KindReferences;

beforeAll(async () => {
  stack = await startStack('random-kills', { DDC_CHUNK_BYTES: '100Ki' });
  copies = await kindCopies(stack, process.env);
  references = await kindReferences(copies);
});
afterAll(async () => {
  await stack.stop();
  await copies.close();
});

test(
  `kill -9 of the worker at ${KILLS} random moments of copies of every kind (seed ${SEED})`,
  async () => {
    const random = randomNumbers(SEED);
    const started = new Map<string, string>();
    for (let number = 0; number < KILLS; number += 1) {
      const kind = copies.kinds[number % copies.kinds.length]!;
      const name = `${kind}-${number}`;
      // Requests of copies that were interrupted before count, too: the moment may be later in those.
      const anywhere = countdown(1 + Math.floor(random() * references.requests(kind) * 0.9));
      // Each kind once at any moment, and once when some chunks are finished and others are not.
      const moment = number < KILLS / 2 ? anywhere : fromRecord(countdown(1 + Math.floor(random() * 3)));
      const point = holdAt(copies.proxy, random() < 0.5 ? 'before' : 'after', moment);
      await copies.start(kind, name);
      started.set(name, kind);
      await Promise.race([point.reached, copies.end(name)]);
      await stack.worker.kill();
      point.abandon();
      stack.worker = await stack.start('worker');
    }
    await references.expectSame(started);

    expect(copies.repeated()).toEqual([]);
    const resumed = readLog(stack.worker.logFile).filter(
      ({ msg, finished }) => msg === 'slice started' && (finished as number[]).length > 0,
    );
    expect(resumed.length).toBeGreaterThan(0);
    // What the dead workers had in work is gone.
    const scratch = readdirSync(join(stack.dir, 'scratch'), { recursive: true }).map(String);
    expect(scratch.filter((path) => path.includes('attempt-'))).toEqual([]);
  },
  MANY_KILLS_MS,
);
