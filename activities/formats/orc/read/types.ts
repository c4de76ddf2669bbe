import { TransferError } from '../../../failures.ts';
import { KIND } from '../messages.ts';
import type { Footer } from '../messages.ts';
import { OrcError } from '../proto.ts';

/** Deeper types than any engine or writer makes. */
const MAX_DEPTH = 32;
/** What a decimal without precision is (Hive 0.11); ORC Java's defaults. */
const OLD_DECIMAL = { precision: 38, scale: 10 };
const MAX_PRECISION = 38;

/** A column, or what is nested in one. */
export interface OrcType {
  /** Number of the column in streams and statistics. */
  id: number;
  kind: number;
  name: string;
  /** For messages, e.g. `customer.emails.element`. */
  path: string;
  children: OrcType[];
  precision: number;
  scale: number;
}

const KIND_NAMES = new Map<number, string>(Object.entries(KIND).map(([name, kind]) => [kind, name]));

/**
 * The columns of the table. Throws OrcError when the types contradict one another, and a TransferError for
 * types that cannot be read.
 */
export function columnsOf(footer: Footer, location: string): OrcType[] {
  const root = footer.types[0];
  if (root === undefined) throw new OrcError('it has no types');
  if ((root.kind ?? 0) !== KIND.struct) {
    throw unsupported(
      location,
      `its rows are no structs but of type ${nameOf(root.kind)}; columns need names`,
    );
  }
  const columns = new Tree(footer, location).children(0, [], 0);
  if (columns.length === 0) throw unsupported(location, 'it has no columns');
  return columns;
}

/** The columns without those nested in others, and all of these. */
export function withNested(types: readonly OrcType[]): OrcType[] {
  return types.flatMap((type) => [type, ...withNested(type.children)]);
}

function nameOf(kind: number | undefined): string {
  return KIND_NAMES.get(kind ?? 0) ?? `number ${kind}`;
}

class Tree {
  readonly #footer: Footer;
  readonly #location: string;
  readonly #seen = new Set<number>([0]);

  constructor(footer: Footer, location: string) {
    this.#footer = footer;
    this.#location = location;
  }

  children(id: number, path: readonly string[], depth: number): OrcType[] {
    const { kind, subtypes, fieldNames } = this.#footer.types[id]!;
    const names = kind === KIND.struct ? fieldNames : kind === KIND.map ? ['key', 'value'] : ['element'];
    if (subtypes.length !== names.length) throw new OrcError(`type ${id} has a wrong number of children`);
    return subtypes.map((child, index) => this.#type(child, names[index]!, path, depth));
  }

  #type(id: number, name: string, above: readonly string[], depth: number): OrcType {
    const type = this.#footer.types[id];
    if (type === undefined || this.#seen.has(id)) throw new OrcError(`type ${id} is missing or used twice`);
    this.#seen.add(id);
    const steps = [...above, name];
    const path = steps.join('.');
    const refuse = (why: string): TransferError =>
      unsupported(this.#location, `column ${JSON.stringify(path)} ${why}`);
    if (depth >= MAX_DEPTH) throw refuse(`nests more than ${MAX_DEPTH} types`);
    const kind = type.kind ?? 0;
    if (kind === KIND.union) throw refuse('is a union (union -> refused)');
    if (!KIND_NAMES.has(kind)) throw refuse(`has a type that is unknown (number ${kind})`);
    const nested = kind === KIND.list || kind === KIND.map || kind === KIND.struct;
    const children = nested ? this.children(id, steps, depth + 1) : [];
    if (kind === KIND.struct && children.length === 0) throw refuse('is a struct without fields');
    // precision 0 is how some writers say nothing
    const told = (type.precision ?? 0) > 0;
    const precision = told ? type.precision! : OLD_DECIMAL.precision;
    const scale = told ? (type.scale ?? 0) : OLD_DECIMAL.scale;
    if (kind === KIND.decimal && (precision > MAX_PRECISION || scale > precision)) {
      throw refuse(`is a decimal(${precision}, ${scale}); at most ${MAX_PRECISION} digits can be kept`);
    }
    return { id, kind, name, path, children, precision, scale };
  }
}

function unsupported(location: string, why: string): TransferError {
  return new TransferError('Unsupported', `${location}: ${why}`);
}
