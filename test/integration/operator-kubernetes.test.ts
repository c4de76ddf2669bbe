import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import { TransferWriter } from '../../operator/apply/transfers.ts';
import { KubernetesClient, loadKubeConfig } from '../../operator/kubernetes.ts';
import type { RunReport } from '../../operator/reconcile/actions.ts';
import { reconcile, workflowsToDescribe } from '../../operator/reconcile/reconcile.ts';
import { FINALIZER, fromStored } from '../../operator/reconcile/resource.ts';
import type { StoredTransfer, TransferResource } from '../../operator/reconcile/resource.ts';
import { apply, batchTransfer, createNamespace, getTransfer, kubectl } from '../support/kubernetes.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport, runResult } from '../support/operator-temporal.ts';

const MOTION = 'motion.fybrik.io/v1alpha1';

let namespace: string;
let client: KubernetesClient;
let writer: TransferWriter;

beforeAll(async () => {
  namespace = await createNamespace('operator');
  client = new KubernetesClient(loadKubeConfig(process.env['KUBECONFIG']));
  writer = new TransferWriter(client);
});
afterAll(() => client.close());

async function create(name: string, apiVersion = 'fybrik.io/v1'): Promise<TransferResource> {
  const { code, stderr } = await apply({ ...batchTransfer(namespace, name, specTo('out')), apiVersion });
  expect([code, stderr]).toEqual([0, '']);
  return read(name, apiVersion);
}

async function read(name: string, apiVersion = 'fybrik.io/v1'): Promise<TransferResource> {
  const path = `/apis/${apiVersion}/namespaces/${namespace}/batchtransfers/${name}`;
  return fromStored(await client.get<StoredTransfer>(path));
}

describe('writes to a resource', () => {
  test('keep others’ finalizers, and fail when the resource has changed meanwhile', async () => {
    const seen = await create('finalizers');
    const other = '{"metadata":{"finalizers":["example.com/other"]}}';
    await kubectl(['patch', 'bt', 'finalizers', '-n', namespace, '--type=merge', '-p', other]);
    await expect(writer.addFinalizer(seen)).rejects.toMatchObject({ status: 409 });
    const added = await writer.addFinalizer(await read('finalizers'));
    expect(added.metadata.finalizers).toEqual(['example.com/other', FINALIZER]);
    const removed = await writer.removeFinalizer(added);
    expect(removed.metadata.finalizers).toEqual(['example.com/other']);
  });

  test('status: replaced as a whole; a stale write fails even when it would change nothing', async () => {
    const seen = await create('status');
    const status: ResourceStatus = { status: 'Pending', active: 'x', error: 'y' };
    const first = await writer.writeStatus(seen, status);
    expect(first.status).toEqual(status);
    await kubectl(['label', 'bt', 'status', '-n', namespace, 'a=b']);
    await expect(writer.writeStatus(first, status)).rejects.toMatchObject({ status: 409 });
    const second = await writer.writeStatus(await read('status'), { status: 'Running' });
    expect(second.status).toEqual({ status: 'Running' });
    expect((await read('status')).metadata.generation).toBe(1);
  });

  test('status: nothing is left of what another operator has written', async () => {
    await create('foreign', MOTION);
    const theirs = { status: { status: 'SUCCEEDED', lastCompleted: 'a job' } };
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify(theirs)];
    await kubectl(['patch', 'batchtransfer.motion.fybrik.io', 'foreign', '-n', namespace, ...patch]);
    const seen = await read('foreign', MOTION);
    expect(seen.status).toBeUndefined();
    const written = await writer.writeStatus(seen, { status: 'Failed' });
    expect(written).toMatchObject({ status: { status: 'Failed' } });
    expect(await client.get(`/apis/${MOTION}/namespaces/${namespace}/batchtransfers/foreign`)).toHaveProperty(
      'status',
      { status: 'RUNNING', state: 'Failed' },
    );
  });

  test('do not reach a successor of the same name', async () => {
    const seen = await create('successor');
    await kubectl(['delete', 'bt', 'successor', '-n', namespace]);
    await create('successor');
    await expect(writer.writeStatus(seen, { status: 'Running' })).rejects.toMatchObject({ status: 409 });
    await expect(writer.addFinalizer(seen)).rejects.toMatchObject({ status: 409 });
    await kubectl(['delete', 'bt', 'successor', '-n', namespace]);
    await expect(writer.writeStatus(seen, { status: 'Running' })).rejects.toMatchObject({ status: 404 });
    expect(await getTransfer(namespace, 'successor')).toBeUndefined();
  });
});

test.each(['fybrik.io/v1', MOTION])(
  '%s: every status that the operator writes comes back as it was: nothing is written twice',
  async (apiVersion) => {
    const failure = {
      code: 'x',
      message: 'no route',
      attempt: 1,
      maxAttempts: 3,
      nextRetryTime: new Date().toISOString(),
    };
    const { statistics, source, destination } = runResult([]);
    const progress = {
      startedAt: new Date().toISOString(),
      phase: 'copy' as const,
      chunksTotal: 3,
      chunksDone: 1,
      statistics,
      source: { ...source, bytes: 5, rows: 2, objects: 1, details: { compression: 'none' } },
      destination,
      warnings: ['column x is not there'],
    };
    const reports: RunReport[] = [
      { state: 'absent' },
      runningReport(),
      runningReport({ progress: { ...progress, state: 'Running' } }),
      runningReport({ progress: { ...progress, state: 'Failed', failure } }),
      {
        state: 'completed',
        result: { ...runResult(['out']), warnings: ['w'] },
        progress: { ...progress, state: 'Succeeded' },
      },
    ];
    let resource = await create('roundtrip', apiVersion);
    for (const report of reports) {
      const decide = () => {
        const parsed = parseTransfer(resource, {});
        const ids = workflowsToDescribe(resource, parsed);
        const runs = Object.fromEntries(ids.map((id) => [id, report]));
        return reconcile({ resource, parsed, runs, now: new Date(), taskQueue: 'ddc' });
      };
      const statusOf = () => decide().find((action) => action.type === 'status');
      resource = await writer.writeStatus(resource, statusOf()!.status);
      // before a start it is written again, to be sure that nothing has changed
      if (report.state !== 'absent') expect(statusOf()).toBeUndefined();
      else expect(resource.status).toEqual(JSON.parse(JSON.stringify(statusOf()!.status)));
    }
    expect(resource.status).toMatchObject({ status: 'Succeeded', numRecords: 2 });
  },
);
