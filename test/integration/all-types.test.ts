import { describe, expect, test } from '@jest/globals';
import { allTypes } from '../support/all-types.ts';
import { FORMATS, type FormatName } from '../support/type-pairs.ts';
import { committedTable, copiesFrom, renderTable, type SourceResult } from '../support/type-table.ts';

const copies = new Map<FormatName, Promise<SourceResult>>();
const copied = (from: FormatName): Promise<SourceResult> => {
  const known = copies.get(from) ?? copiesFrom(from);
  copies.set(from, known);
  return known;
};

/** ORC has one type of timestamps; it is read in nanoseconds where all values fit. */
const finer = (type: string): string => type.replaceAll('timestamp[ns', 'timestamp[us');

describe.each(FORMATS)('60 columns of all types from %s', (from) => {
  test.each(FORMATS)('to %s: verify: full finds what was written', async (to) => {
    const { written, verified } = (await copied(from)).pairs[to].checksums;
    expect(Object.fromEntries(verified)).toEqual(Object.fromEntries(written));
  });

  test.each(FORMATS)('to %s: what becomes another type is said beforehand', async (to) => {
    const { lacking, pairs } = await copied(from);
    const { fates, destination } = pairs[to];
    expect(fates.size).toBe(60 - lacking.length);
    const kept = [...fates].filter(([, { kept: how }]) => how !== 'refused');
    expect(destination.columns.map(({ name }) => name)).toEqual(kept.map(([name]) => name));
    if (to === 'csv' || to === 'json') return;
    for (const [name, fate] of kept) {
      const said = destination.columns.find((column) => column.name === name)!.type;
      const listed = destination.conversions!.includes(`${name}: ${fate.from} -> ${said}`);
      expect({ name, type: finer(fate.to), listed, values: fate.kept }).toEqual({
        name,
        type: finer(said),
        listed: said !== fate.from,
        values: 'values',
      });
    }
  });
});

test('the committed table says the same (node bootstrap.mjs test/support/type-table.ts --write)', async () => {
  expect(allTypes()).toHaveLength(60);
  const results = [];
  for (const from of FORMATS) results.push(await copied(from));
  expect(committedTable()).toBe(await renderTable(results));
});
