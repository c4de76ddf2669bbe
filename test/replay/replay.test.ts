import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readHistories } from './histories.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });

const histories = readHistories();

/** What is wrong with each history when this workflow code replays it. */
async function replay(code: URL): Promise<Record<string, Error | undefined>> {
  const workflowsPath = fileURLToPath(code);
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
      'small-copy',
      'one-chunk',
      'several-chunks',
      'retried',
      'parked-retried',
      'paused',
      'revised',
      'cancelled',
      're-planned',
      'fatal',
      'receipt',
      'verified',
      'restored',
      'dry-run',
      'delete',
    ]),
  );
});

test('the workflow code continues every recorded run as it was begun', async () => {
  const nothingWrong = Object.fromEntries(Object.keys(histories).map((name) => [name, undefined]));
  expect(await replay(new URL('../../workflows/index.ts', import.meta.url))).toEqual(nothingWrong);
});

test('a step more at the beginning is noticed in every recorded run', async () => {
  const wrong = await replay(new URL('incompatible.ts', import.meta.url));
  expect(Object.keys(wrong).sort()).toEqual(Object.keys(histories).sort());
  for (const error of Object.values(wrong)) expect(error).toBeInstanceOf(DeterminismViolationError);
});
