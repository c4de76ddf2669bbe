/** Of a side: how its store is reached, and what people call it. Not its region, which may say where the run has to work. */
const ACCESS = new Set(['secret', 'addressing', 'caCertificate', 'description']);

/** A Transfer, as far as it is compared. */
interface Revisable {
  generation: number;
  maxFailedRetries: number;
  limits?: unknown;
  source: object;
  destination: object;
}

/**
 * Whether runs of both transfers, of two generations of a resource, copy the same: they differ at most in how often a step is
 * tried, in what they may use of their stores, and in how these are reached (credentials, certificates). Values
 * that are inline in the resource are not known here: with some in its transformations, no generation is like another.
 */
export function hasSameResult(one: Revisable, other: Revisable): boolean {
  return canonical(copied(one)) === canonical(copied(other));
}

/** Whether steps that are under way do already what the other transfer says. */
export function hasSameAccess(one: Revisable, other: Revisable): boolean {
  const access = ({ limits, source, destination }: Revisable): unknown => [limits, source, destination];
  return canonical(access(one)) === canonical(access(other));
}

function copied(transfer: Revisable): unknown {
  const { generation: _, maxFailedRetries: __, limits: ___, ...rest } = transfer;
  return { ...rest, source: place(transfer.source), destination: place(transfer.destination) };
}

const place = (side: object): object =>
  Object.fromEntries(Object.entries(side).filter(([name]) => !ACCESS.has(name)));

/** The same text for the same value, whatever the order of its keys; of references without inline values no generation. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    const entries = Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const isOutside = 'inline' in each && each.inline === false;
    return Object.fromEntries(isOutside ? entries.filter(([name]) => name !== 'generation') : entries);
  });
}
