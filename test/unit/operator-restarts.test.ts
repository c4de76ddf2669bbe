import { expect, test } from '@jest/globals';
import { FINALIZER } from '../../operator/reconcile/resource.ts';
import { specTo } from '../support/operator-cluster.ts';
import { World } from '../support/operator-world.ts';

async function intentRecorded(): Promise<World> {
  const world = new World();
  world.cluster.create(specTo('a'));
  world.sync();
  world.temporal.hook = (when, what) => {
    if (when === 'before' && what === 'start') throw new Error('killed');
  };
  await expect(world.reconcile()).rejects.toThrow('killed');
  world.temporal.hook = () => undefined;
  return world;
}

test('an operator killed between intent and start: the next one starts the run', async () => {
  const world = await intentRecorded();
  world.restart();
  await world.reconcile();
  expect(world.temporal.starts).toHaveLength(1);
});

test('an operator that wakes up with an old intent starts nothing', async () => {
  const world = await intentRecorded();
  world.restart();
  world.cluster.changeSpec(specTo('b'));
  world.sync();
  await world.reconcile();
  expect(world.temporal.starts).toEqual(['BatchTransfer/ns/copy/uid-1/2']);
  await world.zombie();
  expect(world.temporal.starts).toEqual(['BatchTransfer/ns/copy/uid-1/2']);
});

test('an operator that is no longer the leader does nothing', async () => {
  const world = new World();
  world.cluster.create(specTo('a'));
  world.sync();
  world.leader = false;
  await expect(world.reconcile()).rejects.toThrow('no longer the leader');
  expect(world.cluster.resource?.metadata.finalizers).toBeUndefined();
  expect(world.temporal.starts).toEqual([]);
});

test('one status write per change, none without, and no event twice', async () => {
  const world = new World();
  world.cluster.create(specTo('a'));
  world.sync();
  await world.reconcile();
  await world.reconcile();
  const writes = world.cluster.statusWrites;
  expect(writes).toBe(2);
  await world.reconcile();
  world.restart();
  await world.reconcile();
  expect(world.cluster.statusWrites).toBe(writes);
  world.temporal.finish('BatchTransfer/ns/copy/uid-1/1', 'success');
  await world.reconcile();
  world.restart();
  await world.reconcile();
  expect(world.cluster.statusWrites).toBe(writes + 1);
  expect(world.cluster.events.map(({ reason }) => reason)).toEqual(['Started', 'Success']);
});

test('a resource without finalizer that goes while its run goes on: the run is cancelled', async () => {
  const world = new World();
  world.cluster.create(specTo('a', { noFinalizer: true }));
  world.sync();
  await world.reconcile();
  expect(world.cluster.resource?.metadata.finalizers ?? []).not.toContain(FINALIZER);
  world.cluster.delete();
  world.sync();
  expect(world.cluster.resource).toBeUndefined();
  await world.reconcile();
  expect(world.temporal.running[0]?.[1].report).toMatchObject({ cancelRequested: true });
});

test('Temporal comes back: the run starts, and the status was never Fatal', async () => {
  const world = new World();
  world.cluster.create(specTo('a'));
  world.sync();
  world.temporal.up = false;
  expect(await world.reconcile()).toBe('retry');
  expect(world.cluster.resource?.status).toMatchObject({ status: 'Pending' });
  world.temporal.up = true;
  world.restart();
  await world.reconcile();
  expect(world.temporal.starts).toHaveLength(1);
});

test('a spec that has changed unseen is not started; the next look starts the new one', async () => {
  const world = new World();
  world.cluster.create(specTo('a', { noFinalizer: true }));
  world.sync();
  world.cluster.changeSpec(specTo('b', { noFinalizer: true }));
  expect(await world.reconcile()).toBe('retry');
  expect(world.temporal.starts).toEqual([]);
  await world.reconcile();
  expect(world.temporal.starts).toEqual(['BatchTransfer/ns/copy/uid-1/2']);
});

test('workflows of others that a status names are left alone, and its own run is made', async () => {
  const other = new World();
  other.cluster.create(specTo('a'));
  other.sync();
  await other.reconcile();
  const [theirs] = other.temporal.starts;
  const { temporal } = other;
  for (const status of [{ active: theirs!, status: 'Running' as const }, { schedule: theirs! }]) {
    const world = new World(temporal);
    world.cluster.create(specTo('b'));
    world.cluster.resource!.metadata.uid = 'uid-of-another';
    world.cluster.resource!.status = status;
    world.sync();
    await world.reconcile();
    await world.reconcile();
    expect(temporal.starts).toContain('BatchTransfer/ns/copy/uid-of-another/1');
    world.cluster.delete();
    world.sync();
    await world.reconcile();
    await world.reconcile();
    expect(await temporal.describe(theirs!)).toMatchObject({ state: 'running', cancelRequested: false });
  }
});
