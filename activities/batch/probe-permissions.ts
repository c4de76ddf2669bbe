import type { Run } from '../../workflows/contract.ts';
import type { PermissionProbe } from '../../workflows/contract/plan-report.ts';
import { TransferError } from '../failures.ts';
import { readRange } from '../formats/bytes.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { targetOf, type Present } from './describe-plan.ts';
import { isWhole, type Plan } from './plan.ts';
import { transferPrefix } from './staging.ts';

/** Objects at the destination that are counted. */
const MOST_COUNTED = 1000;

type Asked = Omit<PermissionProbe, 'outcome' | 'message'>;

/** Reads one byte of the planned version. What planning itself has asked for is known to be allowed. */
export async function probeSource(store: ObjectStore, run: Run, plan: Plan): Promise<PermissionProbe[]> {
  const { objectKey } = run.transfer.source;
  const objects = plan.kind === 'tabular' ? plan.source.objects : plan.objects;
  const named = objects.length === 1 && objects[0]!.key === objectKey;
  const found: Asked = {
    side: 'source',
    request: named ? 'HEAD' : 'LIST',
    location: store.location(objectKey),
  };
  const first = objects.find(({ size }) => size > 0);
  const read: Asked = {
    side: 'source',
    request: 'GET',
    location: store.location((first ?? objects[0]!).key),
  };
  return [
    { ...found, outcome: 'allowed' },
    first === undefined
      ? { ...read, outcome: 'not probed', message: 'there is no byte to read' }
      : await probe(read, () => readRange(store.open(first), 0, 1)),
  ];
}

/**
 * Looks at what is there, and asks whether something may be written; writes nothing.
 * @param receipt its key, when one is written
 */
export async function probeDestination(
  store: ObjectStore,
  run: Run,
  plan: Plan,
  receipt: string | undefined,
): Promise<{ permissions: PermissionProbe[]; present: Present | undefined }> {
  const target = targetOf(plan);
  const location = store.location(target);
  let present: Present | undefined;
  const looked = await probe(
    { side: 'destination', request: target.endsWith('/') ? 'LIST' : 'HEAD', location },
    async () => {
      present = await lookAt(store, target);
    },
  );
  const written = [target.endsWith('/') ? `${target}part` : target];
  if (!isWhole(plan) || run.transfer.verify === 'full')
    written.push(`${transferPrefix(run.transfer.uid)}plan`);
  if (receipt !== undefined) written.push(receipt);
  const writes: PermissionProbe[] = [];
  for (const key of written)
    writes.push(
      await probe({ side: 'destination', request: 'PUT', location: store.location(key) }, async () =>
        store.mayWrite(key),
      ),
    );
  const removal: PermissionProbe = {
    side: 'destination',
    request: 'DELETE',
    location,
    outcome: 'not probed',
    message: 'asking could leave a delete marker behind',
  };
  return { permissions: [looked, ...writes, removal], present };
}

async function lookAt(store: ObjectStore, target: string): Promise<Present> {
  if (!target.endsWith('/')) return { kind: 'object', object: await store.head(target) };
  let objects = 0;
  for await (const _ of store.list(target)) {
    if (objects === MOST_COUNTED) return { kind: 'prefix', objects, more: true };
    objects += 1;
  }
  return { kind: 'prefix', objects, more: false };
}

/** @param ask resolves with false, or throws AccessDenied, when it is not allowed */
async function probe(asked: Asked, ask: () => Promise<unknown>): Promise<PermissionProbe> {
  try {
    if ((await ask()) !== false) return { ...asked, outcome: 'allowed' };
    return { ...asked, outcome: 'denied', message: 'access denied' };
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    const { code, message } = error;
    if (code === 'AccessDenied') return { ...asked, outcome: 'denied', message };
    // it answers in a way that says nothing about permissions
    if (code === 'Unsupported' || code === 'InvalidOption')
      return { ...asked, outcome: 'not probed', message };
    throw error;
  }
}
