import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readHistories } from './histories.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });

const histories = readHistories();

/** What is wrong with each history when this workflow code replays it. */
async function replay(code: string): Promise<Record<string, Error | undefined>> {
  const workflowsPath = fileURLToPath(new URL(code, import.meta.url));
  const found: Record<string, Error | undefined> = {};
  const names = Object.keys(histories);
  const results = Worker.runReplayHistories({ workflowsPath }, Object.values(histories));
  for await (const { workflowId, error } of results)
    found[names.find((name) => histories[name]!.workflowId === workflowId)!] = error;
  return found;
}

test('every kind of run is recorded', () => {
  expect(Object.keys(histories)).toEqual(
    expect.arrayContaining([
      'one-chunk',
      'several-chunks',
      'retried',
      'cancelled',
      're-planned',
      'fatal',
      'delete',
    ]),
  );
});

test('the workflow code continues every recorded run as it was begun', async () => {
  const nothingWrong = Object.fromEntries(Object.keys(histories).map((name) => [name, undefined]));
  expect(await replay('../../workflows/index.ts')).toEqual(nothingWrong);
});

test('a step more at the beginning is noticed in every recorded run', async () => {
  const wrong = await replay('incompatible.ts');
  expect(Object.keys(wrong).sort()).toEqual(Object.keys(histories).sort());
  for (const error of Object.values(wrong)) expect(error).toBeInstanceOf(DeterminismViolationError);
});
