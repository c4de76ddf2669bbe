import { identifier, literal } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import { elementType, type Place, type Step } from './places.ts';
import type { TransformColumn, TransformContext } from './transform.ts';

/** Values of one column, or inside of one, as a transformation sees them. */
export interface Value {
  /** SQL expression of the value. */
  sql: string;
  type: string;
  /** SQL expression of a text: which value of the row it is, e.g. `'customer.email'`. */
  label: string;
}

/** What becomes of a value; `gone` removes it. */
export type Edit = (value: Value) => { sql: string; type: string } | 'gone';

/** Which of the values inside of a value are edited. An edit of the whole covers what is inside. */
type Marks = 'edit' | Map<string, Marks>;

const ELEMENT = '[]';

/** Places by column, what lies inside of another place left out. */
export function markPlaces(places: readonly Place[]): Map<string, Marks> {
  const columns = new Map<string, Marks>();
  for (const { column, steps } of places) mark(columns, [{ field: column }, ...steps]);
  return columns;
}

function mark(marks: Map<string, Marks>, [step, ...rest]: readonly Step[]): void {
  const name = stepKey(step!);
  const present = marks.get(name);
  if (present === 'edit') return;
  if (rest.length === 0) marks.set(name, 'edit');
  else {
    const inside = present ?? new Map<string, Marks>();
    marks.set(name, inside);
    mark(inside, rest);
  }
}

/** A struct has fields only and a list elements only, so that these never meet in one map. */
const stepKey = (step: Step): string => (step === 'element' ? ELEMENT : step.field);

/** One column with the marked values edited: an expression and its type, or `gone`. */
export async function editColumn(
  { name, type }: TransformColumn,
  marks: Marks,
  edit: Edit,
  relation: readonly TransformColumn[],
  context: TransformContext,
): Promise<{ sql: string; type: string } | 'gone'> {
  if (marks === 'edit') return edit({ sql: identifier(name), type, label: literal(name) });
  const editor = new NestedEditor(edit, context);
  const sql = await editor.inside({ sql: identifier(name), type, label: [literal(name)] }, marks, 0);
  return { sql, type: await context.typeOf(relation, sql) };
}

/** As Value, the label in pieces that are to be joined. */
interface Inner {
  sql: string;
  type: string;
  label: string[];
}

class NestedEditor {
  readonly #edit: Edit;
  readonly #context: TransformContext;

  constructor(edit: Edit, context: TransformContext) {
    this.#edit = edit;
    this.#context = context;
  }

  /** Expression of a struct or list in which the marked values are edited; nulls in it stay null. */
  async inside(value: Inner, marks: Map<string, Marks>, depth: number): Promise<string> {
    const element = elementType(value.type);
    if (element === undefined) return this.#struct(value, marks, depth);
    const [item, index] = [`ddc_item${depth}`, `ddc_index${depth}`];
    const label = [...value.label, `'['`, index, `']'`];
    // Elements themselves have no name that could be marked: what is marked lies inside of them.
    const inner = marks.get(ELEMENT) as Map<string, Marks>;
    const edited = await this.inside({ sql: item, type: element, label }, inner, depth + 1);
    return `list_transform(${value.sql}, lambda ${item}, ${index}: ${edited})`;
  }

  async #struct({ sql, type, label }: Inner, marks: Map<string, Marks>, depth: number): Promise<string> {
    const parts: string[] = [];
    for (const field of await this.#context.fieldsOf(type)) {
      const extracted = `struct_extract(${sql}, ${literal(field.name)})`;
      const inner = { sql: extracted, type: field.type, label: [...label, literal(`.${field.name}`)] };
      const edited = await this.#field(inner, marks.get(field.name), depth);
      if (edited !== 'gone') parts.push(`${identifier(field.name)} := ${edited}`);
    }
    if (parts.length === 0)
      throw new TransferError(
        'InvalidOption',
        `${this.#context.path}.columns: no field would be left in ${type}; name what holds it instead of all its fields`,
      );
    return `CASE WHEN ${sql} IS NULL THEN NULL ELSE struct_pack(${parts.join(', ')}) END`;
  }

  async #field(field: Inner, marks: Marks | undefined, depth: number): Promise<string> {
    if (marks === undefined) return field.sql;
    if (marks !== 'edit') return this.inside(field, marks, depth);
    const label = `concat(${field.label.join(', ')})`;
    const edited = this.#edit({ ...field, label });
    return edited === 'gone' ? edited : edited.sql;
  }
}
