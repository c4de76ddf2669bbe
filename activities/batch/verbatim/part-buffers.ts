/** From one chunk of a run to the next, and a little more. */
const KEPT_MS = 1_000;

interface Buffers {
  spare: Buffer[];
  used: number;
  freeing?: NodeJS.Timeout;
}

const runs = new Map<string, Buffers>();

/**
 * Memory for a part, used again for later ones: memory that is new for each part costs a fifth of the CPU time of a copy,
 * in page faults and garbage collection. It is freed when the run has had no part under way for a second, and never goes
 * to another run: a store that answers before it has read all of a body is still sent what is in its memory by then.
 */
export async function withPartBuffer<T>(
  runId: string,
  bytes: number,
  use: (part: Buffer) => Promise<T>,
): Promise<T> {
  const buffers = runs.get(runId) ?? { spare: [], used: 0 };
  runs.set(runId, buffers);
  clearTimeout(buffers.freeing);
  buffers.used += 1;
  const buffer = take(buffers.spare, bytes);
  try {
    return await use(buffer.subarray(0, bytes));
  } finally {
    buffers.spare.push(buffer);
    buffers.used -= 1;
    if (buffers.used === 0) buffers.freeing = setTimeout(() => runs.delete(runId), KEPT_MS).unref();
  }
}

/** Never more of them than parts at once: one that is too small goes. */
function take(spare: Buffer[], bytes: number): Buffer {
  const fitting = spare.findIndex(({ length }) => length >= bytes);
  const [found] = spare.splice(Math.max(0, fitting), 1);
  return fitting >= 0 && found !== undefined ? found : Buffer.allocUnsafeSlow(bytes);
}
