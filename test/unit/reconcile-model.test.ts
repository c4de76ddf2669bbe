import { expect, test } from '@jest/globals';
import { array, assert, asyncProperty, constant, constantFrom, integer, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { FINALIZER } from '../../operator/reconcile/resource.ts';
import { specTo } from '../support/operator-cluster.ts';
import { World } from '../support/operator-world.ts';
import { runs } from '../support/runs.ts';

/** One thing that can happen to the system. */
type Simple =
  | 'breakSpec'
  | 'delete'
  | 'create'
  | 'sync'
  | 'reconcile'
  | 'zombie'
  | 'restart'
  | 'lead'
  | 'follow'
  | 'down'
  | 'up'
  | 'dry'
  | 'wet'
  | 'tick'
  | 'runNow'
  | 'park'
  | 'relax'
  | 'touch'
  | 'cancel';
type Step =
  | { do: Simple }
  | { do: 'changeSpec'; key: string; more: object }
  | { do: 'crash'; after: number }
  | { do: 'finish'; how: 'success' | 'failure' | 'terminated' };

const SCHEDULED = { schedule: '0 3 * * *' };

const simple = (...names: Simple[]) => constantFrom(...names).map((name): Step => ({ do: name }));
const step: Arbitrary<Step> = oneof(
  { weight: 8, arbitrary: simple('reconcile') },
  { weight: 5, arbitrary: simple('sync') },
  { weight: 2, arbitrary: simple('zombie') },
  { weight: 5, arbitrary: simple('tick') },
  { weight: 4, arbitrary: simple('park', 'touch', 'relax', 'relax') },
  {
    weight: 3,
    arbitrary: record({ do: constant<'crash'>('crash'), after: integer({ min: 0, max: 11 }) }),
  },
  {
    weight: 4,
    arbitrary: record({
      do: constant('finish' as const),
      how: constantFrom('success' as const, 'success' as const, 'failure' as const, 'terminated' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constant('changeSpec' as const),
      key: constantFrom('a', 'b'),
      more: constantFrom(
        {},
        SCHEDULED,
        SCHEDULED,
        { ...SCHEDULED, suspend: true },
        { suspend: true },
        { paused: true },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: simple(
      'breakSpec',
      'delete',
      'create',
      'restart',
      'lead',
      'follow',
      'down',
      'up',
      'dry',
      'wet',
      'runNow',
      'cancel',
    ),
  },
);

class Crash extends Error {}

async function take(world: World, next: Step): Promise<void> {
  const { cluster, temporal } = world;
  switch (next.do) {
    case 'create':
      if (!cluster.resource) cluster.create(specTo('a'));
      break;
    case 'changeSpec':
      cluster.changeSpec(specTo(next.key, next.more));
      break;
    case 'breakSpec':
      cluster.changeSpec(specTo(''));
      break;
    case 'delete':
      cluster.delete();
      break;
    case 'sync':
      world.sync();
      break;
    case 'restart':
      world.restart();
      break;
    case 'lead':
    case 'follow':
      world.leader = next.do === 'lead';
      break;
    case 'down':
    case 'up':
      temporal.up = next.do === 'up';
      break;
    case 'dry':
    case 'wet':
      cluster.annotate(next.do === 'dry' ? { 'ddc.fybrik.io/dry-run': 'true' } : {});
      break;
    case 'tick':
      temporal.schedules.tick();
      break;
    case 'runNow':
      cluster.annotate({ 'ddc.fybrik.io/run-now': String(temporal.starts.length) });
      break;
    case 'relax':
      // nothing that the run copies changes
      cluster.changeSpec({
        ...(cluster.resource?.spec as object),
        maxFailedRetries: cluster.statusWrites % 10,
      });
      break;
    case 'park':
      for (const [id] of temporal.running) temporal.park(id);
      break;
    case 'touch':
    case 'cancel':
      cluster.annotate({
        [next.do === 'touch' ? 'touched' : 'ddc.fybrik.io/cancel']: String(cluster.statusWrites),
      });
      break;
    case 'finish':
      for (const [id] of temporal.running) temporal.finish(id, next.how);
      break;
    case 'crash':
      await crashing(world, next.after);
      break;
    case 'zombie':
      await world.zombie().catch(tolerate);
      break;
    case 'reconcile':
      await world.reconcile().catch(tolerate);
      break;
  }
}

/** The process dies at the n-th boundary of a request, before it was sent or after it took effect; another starts. */
async function crashing(world: World, after: number): Promise<void> {
  let left = after;
  const hook = (): void => {
    if (left === 0) throw new Crash();
    left -= 1;
  };
  world.cluster.hook = hook;
  world.temporal.hook = hook;
  await world.reconcile().catch(tolerate);
  world.cluster.hook = () => undefined;
  world.temporal.hook = () => undefined;
  world.restart();
}

/** Errors put the key back into the queue; a broken invariant is no such error. */
function tolerate(error: unknown): void {
  if (error instanceof Error && error.message.startsWith('INVARIANT')) throw error;
}

async function settle(world: World): Promise<void> {
  world.temporal.up = true;
  world.leader = true;
  for (let round = 0; round < 60; round += 1) {
    world.restart();
    const state = (): string =>
      JSON.stringify([
        world.cluster.resource,
        [...world.temporal.workflows],
        [...world.temporal.schedules.all],
      ]);
    const before = state();
    await world.reconcile();
    for (const [id] of world.temporal.running) world.temporal.finish(id, 'success');
    if (state() === before) return;
  }
  throw new Error('does not settle');
}

function check(world: World): void {
  const { resource } = world.cluster;
  const { starts, workflows, store, schedules } = world.temporal;
  const runs = starts.filter((id) => !id.endsWith('/delete'));
  expect(new Set(runs).size).toBe(runs.length);
  const { revised } = resource?.status ?? {};
  // what the status says that a run was told, it was told
  if (revised !== undefined)
    expect(workflows.get(revised.workflowId)?.revised).toBeGreaterThanOrEqual(revised.generation);
  if (!resource || resource.metadata.finalizers?.includes(FINALIZER)) return;
  // no finalizer: nothing was started yet, or everything is removed
  const own = [...workflows.keys()].filter(
    (id) => id.includes(`/${resource.metadata.uid}/`) && !id.includes('/plan/'),
  );
  expect(own).toEqual([]);
  expect([...store]).toEqual([]);
  expect([...schedules.all.keys()].filter((id) => id.includes(`/${resource.metadata.uid}/`))).toEqual([]);
}

test('whatever happens, a spec runs once, runs never overlap, and a resource goes only with its data', async () => {
  await assert(
    asyncProperty(array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const world = new World();
      world.cluster.create(specTo('a'));
      for (const next of steps) {
        const before = world.cluster.resource;
        await take(world, next);
        check(world);
        if (before && !world.cluster.resource) expect([...world.temporal.store]).toEqual([]);
      }
      world.cluster.annotate({});
      // a deletion of a spec that is broken waits for a person
      if (world.cluster.resource) world.cluster.changeSpec(specTo('c'));
      await settle(world);
      const { resource } = world.cluster;
      if (!resource) expect([...world.temporal.store]).toEqual([]);
      else {
        expect(resource.status).toMatchObject({
          observedGeneration: resource.metadata.generation,
          status: 'Succeeded',
          objects: [{ key: 'c' }],
        });
        expect(resource.status).not.toHaveProperty('active');
        expect([...world.temporal.store]).toEqual(['c']);
      }
      expect(world.temporal.running).toEqual([]);
      expect(world.temporal.schedules.all.size).toBe(0);
    }),
    { numRuns: runs(400) },
  );
});
