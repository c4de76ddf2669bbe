import { identifier } from '../../activities/engine/engine.ts';
import type { Engine } from '../../activities/engine/engine.ts';
import { orcType } from '../../activities/formats/orc/write/orc-type.ts';

/** The query with every column in the type in which ORC holds it, as a plan has it. */
export async function heldByOrc(engine: Engine, query: string): Promise<string> {
  const columns = (await engine.columns(query)).map(
    ({ name, type }) => `CAST(${identifier(name)} AS ${orcType(type, name).type}) AS ${identifier(name)}`,
  );
  return `SELECT ${columns.join(', ')} FROM (${query})`;
}
