import { evenCuts } from '../bytes.ts';
import type { Column, DescribeOptions, RangeReader, SourceDescription } from '../format.ts';
import { LONGEST_WRITTEN } from './parser.ts';
import type { Reading } from './reading.ts';
import { scanObject } from './scan-object.ts';
import { Shape, shapeToJson } from './shape.ts';

/** Of an object that DDC has written: columns are known, and their values stay JSON. It may hold no rows. */
export async function describeWritten(
  reader: RangeReader,
  written: readonly Pick<Column, 'name'>[],
  { chunkBytes, maxChunks, options }: DescribeOptions,
): Promise<SourceDescription> {
  const { layout = 'lines', compression: given = 'none' } = options.json ?? {};
  const compression = given === 'none' ? undefined : given;
  const { size } = reader;
  const nominal = compression === undefined ? evenCuts(0, size, chunkBytes, maxChunks) : [0, size];
  const shape = new Shape();
  const scan = layout === 'array' && nominal.length > 2;
  const { cuts } = scan
    ? await scanObject({ reader, layout, compression, shape }, nominal, LONGEST_WRITTEN)
    : { cuts: nominal };
  const reading: Reading = {
    layout,
    ...(compression === undefined ? {} : { compression }),
    shape: shapeToJson(new Shape()),
    corrected: true,
    written: true,
  };
  const columns = written.map(({ name }) => ({ name, type: 'JSON', nullable: true }));
  return { columns, cuts, reading, details: { layout, compression: given } };
}
