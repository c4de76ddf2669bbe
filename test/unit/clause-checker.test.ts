import { expect, test } from '@jest/globals';
import pino from 'pino';
import type { ClauseJudge } from '../../activities/engine/clause-judge.ts';
import { clauseChecker } from '../../operator/clauses.ts';
import { poll } from '../support/poll.ts';

const log = pino({ level: 'silent' });

/** Judges that count; clauses named `hold` are answered when told so. */
function judges() {
  const seen = { opened: 0, closed: 0, judged: [] as string[] };
  let answer = (): void => undefined;
  const open = (): ClauseJudge => {
    seen.opened += 1;
    return {
      async judge(clause) {
        seen.judged.push(clause);
        if (clause === 'broken') throw new Error('gone');
        if (clause === 'hold') await new Promise<void>((resolve) => (answer = resolve));
        return clause === 'bad' ? 'not a condition' : undefined;
      },
      close: () => (seen.closed += 1),
    };
  };
  return { seen, open, answer: () => answer() };
}

test('nothing is opened before a clause comes, and each is judged once', async () => {
  const { seen, open } = judges();
  const { check, close } = clauseChecker(log, { open });
  expect(seen.opened).toBe(0);
  expect(await Promise.all(['bad', 'good', 'bad'].map(check))).toEqual([
    'not a condition',
    undefined,
    'not a condition',
  ]);
  expect(seen).toMatchObject({ opened: 1, judged: ['bad', 'good'] });
  close();
  expect(seen.closed).toBe(1);
});

test('a verdict that could not be had counts as right, and is asked for again', async () => {
  const { seen, open } = judges();
  const { check, close } = clauseChecker(log, { open });
  expect(await check('broken')).toBeUndefined();
  expect(await check('broken')).toBeUndefined();
  expect(seen.judged).toEqual(['broken', 'broken']);
  close();
});

test('what judges ends when no clause comes, not while one is being judged, and is opened again', async () => {
  const { seen, open, answer } = judges();
  const { check, close } = clauseChecker(log, { open, idle: 1 });
  const held = check('hold');
  await check('good');
  expect(seen.closed).toBe(0);
  answer();
  await held;
  await poll(
    () => seen.closed,
    (closed) => closed === 1,
    'closed',
  );
  await check('bad');
  expect(seen.opened).toBe(2);
  close();
});
