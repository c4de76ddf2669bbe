import type { Client } from '@temporalio/client';
import { deleteWorkflowId, planWorkflowId, runWorkflowId } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import { bucketsOf } from '../support/buckets.ts';
import { batchTransfer, clusterOf } from '../support/cluster.ts';
import { countdown, holdAt, isRecord } from '../support/crash.ts';
import { poll } from '../support/poll.ts';
import type { PaymentCopies } from '../support/payment-copies.ts';
import type { ServerEnvironment } from '../support/server-environment.ts';

const SEVERAL_CHUNKS = 4_000;

export interface ScenarioOptions {
  servers: ServerEnvironment;
  namespace: string;
  copies: PaymentCopies;
  client: Client;
}

/**
 * Brings about one workflow of every kind, with real operator, worker and servers.
 * @returns name of the kind -> id of the workflow, which has ended
 */
export async function runScenarios(options: ScenarioOptions): Promise<Record<string, string>> {
  const { servers, namespace, copies, client } = options;
  const cluster = clusterOf(servers);
  const ids: Record<string, string> = {};

  async function identityOf(name: string): Promise<TransferIdentity> {
    const { metadata } = (await cluster.getTransfer(namespace, name))!;
    return { kind: 'BatchTransfer', apiVersion: 'fybrik.io/v1', ...metadata };
  }
  async function runOf(name: string) {
    const { status } = (await cluster.getTransfer(namespace, name))!;
    // one that was revised keeps the id of the generation that it was started for
    const workflowId = status?.active ?? status?.revised?.workflowId;
    return client.workflow.getHandle(workflowId ?? runWorkflowId(await identityOf(name)));
  }
  async function expectEnd(name: string, state: string): Promise<void> {
    const { status, error } = await copies.end(name);
    if (status !== state) throw new Error(`${name} is ${status}, not ${state}: ${error}`);
    const run = await runOf(name);
    // one that is Fatal is parked first
    await run.result().catch(() => undefined);
    ids[name] = run.workflowId;
  }
  /** Starts a run of several chunks and does something in the middle of it. */
  async function amid(name: string, what: () => Promise<unknown>): Promise<void> {
    const point = holdAt(copies.proxy, 'before', countdown(3, isRecord));
    await copies.start([name], SEVERAL_CHUNKS);
    await point.reached;
    await what();
    point.release();
  }

  await copies.start(['small-copy'], 100);
  await expectEnd('small-copy', 'Succeeded');

  // what appends is never copied by the step that plans it
  await copies.start(['one-chunk'], 100, { writeOperation: 'Append' });
  await expectEnd('one-chunk', 'Succeeded');

  await copies.start(['several-chunks'], SEVERAL_CHUNKS);
  await expectEnd('several-chunks', 'Succeeded');

  copies.proxy.before = () => {
    throw new Error('the connection is cut');
  };
  await copies.start(['retried'], SEVERAL_CHUNKS);
  await cluster.untilStatus(namespace, 'retried', ['Failed']);
  copies.proxy.before = () => undefined;
  await (await runOf('retried')).executeUpdate('retry');
  await expectEnd('retried', 'Succeeded');

  const isDenied = countdown(3, isRecord);
  copies.proxy.fault = (request) => (isDenied(request) ? { kind: 'denied', done: false } : undefined);
  await copies.start(['parked-retried'], SEVERAL_CHUNKS);
  await cluster.untilStatus(namespace, 'parked-retried', ['Fatal']);
  copies.proxy.fault = () => undefined;
  await (await runOf('parked-retried')).executeUpdate('retry');
  await cluster.untilStatus(namespace, 'parked-retried', ['Succeeded']);
  await expectEnd('parked-retried', 'Succeeded');

  await amid('paused', async () => {
    const run = await runOf('paused');
    await run.executeUpdate('setLimits', { args: [{ requestsPerSecond: 1_000 }] });
    await run.executeUpdate('pause', { args: ['the network is needed'] });
  });
  await (await runOf('paused')).signal('resume');
  await expectEnd('paused', 'Succeeded');

  await amid('revised', async () => {
    const patch = JSON.stringify({ spec: { limits: { requestsPerSecond: 1_000 } } });
    await cluster.kubectl(['patch', 'bt', 'revised', '-n', namespace, '--type=merge', '-p', patch]);
    await cluster.untilStatus(namespace, 'revised', ['Running']);
  });
  await expectEnd('revised', 'Succeeded');

  await amid('cancelled', async () => (await runOf('cancelled')).cancel());
  await expectEnd('cancelled', 'Fatal');

  await amid('re-planned', () => copies.replaceSource(SEVERAL_CHUNKS));
  await expectEnd('re-planned', 'Succeeded');

  await copies.start(['receipt'], 100, { receipt: { prefix: 'receipts' } });
  await expectEnd('receipt', 'Succeeded');

  await copies.start(['verified'], SEVERAL_CHUNKS, { verify: 'full' });
  await expectEnd('verified', 'Succeeded');

  copies.proxy.fault = ({ method, path }) =>
    method === 'GET' && path.includes('/out/') ? { kind: 'corrupt', done: true } : undefined;
  await copies.start(['restored'], SEVERAL_CHUNKS, { verify: 'full' });
  await expectEnd('restored', 'Fatal');
  copies.proxy.fault = () => undefined;

  const side = (key: string): object => bucketsOf(servers).s3Side('missing', key);
  await cluster.apply(
    batchTransfer(namespace, 'fatal', { source: side('in.csv'), destination: side('out.csv') }),
  );
  await expectEnd('fatal', 'Fatal');

  await copies.start(['dry-run'], 100, {}, { 'ddc.fybrik.io/dry-run': 'true' });
  ids['dry-run'] = planWorkflowId(await identityOf('dry-run'));
  await poll(
    () => cluster.getTransfer(namespace, 'dry-run'),
    (resource) => resource?.status?.plan !== undefined,
    'the plan',
  );

  ids['delete'] = deleteWorkflowId(await identityOf('one-chunk'));
  await cluster.kubectl(['delete', 'batchtransfer', 'one-chunk', '-n', namespace]);
  return ids;
}
