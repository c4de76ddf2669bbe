import type { Run } from '../../../workflows/contract.ts';
import { TransferError } from '../../failures.ts';
import type { ObjectStore, UploadOptions } from '../../stores/object-store.ts';
import { carriedObject, type ChunkBody, type ChunkRecord, type PublishedObject } from '../ledger.ts';
import { mapSettled } from '../map-settled.ts';
import { complete } from '../publish-object.ts';
import { lookAt, requireUnchanged, showObjects, type Seen } from '../show-objects.ts';
import { describedAs } from './copy.ts';
import { partsOf, type VerbatimObject, type VerbatimPlan } from './work.ts';

const PARALLEL_OBJECTS = 16;

interface Placed {
  chunk: number;
  index: number;
  body: ChunkBody;
}

/** An object before anything is visible: nothing that is known of it by then can end a publish half-way. */
interface Looked {
  key: string;
  bytes: number;
  seen: Seen;
  options: UploadOptions;
}

/** Makes all objects visible, one right after the other; what an attempt before has made visible is left. */
export async function publishVerbatim(
  source: ObjectStore,
  destination: ObjectStore,
  run: Run,
  plan: VerbatimPlan,
  records: readonly ChunkRecord[],
): Promise<PublishedObject[]> {
  const pieces = piecesByObject(plan, records);
  const objects = await mapSettled(
    plan.objects,
    PARALLEL_OBJECTS,
    async (object, number): Promise<Looked> => {
      const { target: key, size: bytes } = object;
      verify(object, pieces[number]!);
      const seen = await lookAt(destination, run, key, bytes);
      // an upload has been told
      const told = seen.own !== undefined || object.uploadId !== undefined;
      return { key, bytes, seen, options: told ? {} : await describedAs(source, object.key, run) };
    },
  );
  const show = async (looked: Looked, number: number): Promise<string> => {
    const { key, bytes, seen } = looked;
    const { condition } = seen;
    const object = plan.objects[number]!;
    const own = pieces[number]!;
    if (object.uploadId === undefined) return publishSmall(destination, run, plan, object, own[0]!, looked);
    const parts = async () => own.map(({ body }) => body.part!);
    return complete(destination, run, key, object.uploadId, bytes, parts, condition);
  };
  return showObjects(destination, run, plan.prefix, objects, PARALLEL_OBJECTS, show);
}

async function publishSmall(
  destination: ObjectStore,
  run: Run,
  { serverSide, bucket }: VerbatimPlan,
  { target, key, etag, size }: VerbatimObject,
  { chunk, index, body }: Placed,
  { seen: { condition }, options }: Looked,
): Promise<string> {
  if (size === 0) return (await destination.put(target, Buffer.alloc(0), { ...options, ...condition })).etag;
  if (!serverSide) {
    // what a late attempt would copy is removed with the ledger
    const kept = carriedObject(run, chunk, index, body);
    return (await destination.copy(kept, target, options)).etag;
  }
  await requireUnchanged(destination, target, condition);
  return (await destination.copy({ bucket, key, etag, size }, target, options)).etag;
}

/** Of every object, in the order of its parts. */
function piecesByObject(plan: VerbatimPlan, records: readonly ChunkRecord[]): Placed[][] {
  const pieces: Placed[][] = plan.objects.map(() => []);
  for (const [chunk, list] of plan.chunks.entries())
    for (const [index, { object, part }] of list.entries())
      pieces[object]![part] = { chunk, index, body: records[chunk]!.bodies[index]! };
  return pieces;
}

function verify(object: VerbatimObject, pieces: readonly Placed[]): void {
  const bytes = pieces.reduce((sum, { body }) => sum + body.bodyBytes, 0);
  if (bytes !== object.size || pieces.length !== partsOf(object))
    throw new TransferError(
      'VerificationFailed',
      `${object.target}: ${bytes} of ${object.size} bytes were copied; nothing was published`,
    );
}
