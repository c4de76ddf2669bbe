import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../activities/batch/plan.ts';
import { holdSecrets, markSecrets } from '../../activities/batch/secret-mark.ts';
import type { RunSecrets } from '../../activities/batch/run-secrets.ts';
import type { Run } from '../../workflows/contract.ts';

const runOf = (sources: object[] | undefined, runId = 'run') =>
  ({ runId, transfer: { transformations: [{ secret: { sources } }, {}] } }) as unknown as Run;
const secretsOf = (options: Record<string, string>) => ({ options: [options, {}] }) as unknown as RunSecrets;
const marked = (run: Run, options: Record<string, string>, kind = 'tabular') => {
  const plan = { kind } as Plan & { secretMark?: string };
  markSecrets(plan, run, secretsOf(options));
  return plan;
};

describe('secrets of transformations that lie outside the resource', () => {
  const run = runOf([{}]);
  const plan = marked(run, { key: 'one', other: 'x' });

  test('must be the same for all of a run', () => {
    expect(() => holdSecrets(plan, run, secretsOf({ key: 'one', other: 'y' }))).not.toThrow();
    const others: Record<string, string>[] = [{ key: 'two' }, { key: 'one', salt: 's' }, {}];
    for (const options of others)
      expect(() => holdSecrets(plan, run, secretsOf(options))).toThrow(
        expect.objectContaining({ code: 'SecretChanged', class: 'replan' }),
      );
  });

  test('are not told by the plan', () => {
    expect(plan.secretMark).toMatch(/^[0-9a-f]{4}$/);
    expect(marked(runOf([{}], 'another'), { key: 'one' }).secretMark).not.toBe(plan.secretMark);
  });

  test('are not looked at when there are none, and by copies byte for byte', () => {
    expect(marked(runOf(undefined), { key: 'one' })).toEqual({ kind: 'tabular' });
    expect(marked(run, { key: 'one' }, 'verbatim')).toEqual({ kind: 'verbatim' });
    const old = { kind: 'tabular' } as Plan;
    expect(() => holdSecrets(old, run, secretsOf({ key: 'one' }))).not.toThrow();
  });
});
