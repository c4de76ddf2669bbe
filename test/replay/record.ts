import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { startOwnServers } from '../support/own-servers.ts';
import { paymentCopies } from '../support/payment-copies.ts';
import { startStack } from '../support/stack.ts';
import { workflowsOf } from '../support/workflows.ts';
import { recordHistory } from './histories.ts';
import { runScenarios } from './scenarios.ts';

await new Command('record')
  .description(
    `Writes histories of workflows to test/replay/histories, where replay.test.ts holds the workflow code against them.
Without arguments: runs one workflow of every kind on servers of its own and records them all anew. Do so only when no
run that was begun with the old code can still be under way.
With arguments: records one workflow of the Temporal at DDC_TEMPORAL_ADDRESS, which must have ended.`,
  )
  .argument('[name]', 'file name without .json')
  .argument('[workflow-id]', 'e.g. BatchTransfer/namespace/name/uid/1')
  .action(async (name?: string, workflowId?: string) => {
    if (name === undefined) await recordAll();
    else if (workflowId === undefined) throw new Error('both a name and a workflow id are needed');
    else await recordOne(name, workflowId);
  })
  .parseAsync();

async function recordOne(name: string, workflowId: string): Promise<void> {
  const { client, close } = await workflowsOf(process.env);
  try {
    await recordHistory(client, name, workflowId);
  } finally {
    await close();
  }
}

async function recordAll(): Promise<void> {
  const parent = join(process.cwd(), '.ddc');
  const name = `record-${process.pid}`;
  mkdirSync(parent, { recursive: true });
  const { running, environment } = await startOwnServers(parent, name);
  const { client, close } = await workflowsOf(environment);
  const stack = await startStack(
    'replay',
    { DDC_CHUNK_BYTES: '64Ki', DDC_PARK_FAILED_RUNS: '1m' },
    environment,
  );
  const copies = await paymentCopies(stack, environment);
  try {
    const scenarios = await runScenarios({
      servers: environment,
      namespace: stack.namespace,
      copies,
      client,
    });
    for (const [kind, workflowId] of Object.entries(scenarios)) {
      await recordHistory(client, kind, workflowId);
      console.log(`recorded ${kind}: ${workflowId}`);
    }
  } finally {
    await Promise.all([copies.close(), close(), stack.stop()]);
    await running.stop();
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}
