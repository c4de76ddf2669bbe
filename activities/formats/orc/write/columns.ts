import type { Dictionary } from '../../columnar/pages.ts';
import { ENCODING, KIND } from '../messages.ts';
import type { Compression } from './blocks.ts';
import type { ColumnWriter } from './column-writer.ts';
import { decimalColumn } from './decimal-column.ts';
import { booleanColumn, floatColumn, int32Column, int64Column } from './number-columns.ts';
import type { OrcColumn } from './orc-schema.ts';
import { binaryColumn, stringColumn } from './text-columns.ts';
import { timestampColumn } from './timestamp-column.ts';

/** The writer for a leaf's values; undefined for structs, lists and maps, which have levels only. */
export function columnWriter(
  column: OrcColumn,
  dictionary: Dictionary | undefined,
  compression: Compression,
): ColumnWriter | undefined {
  const { type, width, perSecond, path } = column;
  switch (type.kind) {
    case KIND.boolean:
      return booleanColumn(compression);
    case KIND.tinyint:
      return int32Column('byte', dictionary, compression);
    case KIND.smallint:
    case KIND.int:
      return int32Column('integer', dictionary, compression);
    case KIND.date:
      return int32Column('date', dictionary, compression);
    case KIND.bigint:
      return int64Column(dictionary, compression);
    case KIND.float:
      return floatColumn(4, dictionary, compression);
    case KIND.double:
      return floatColumn(8, dictionary, compression);
    case KIND.decimal:
      return decimalColumn({ width, scale: type.scale ?? 0 }, dictionary, compression);
    case KIND.string:
      return stringColumn(dictionary, compression);
    case KIND.binary:
      return binaryColumn(dictionary, compression);
    case KIND.timestamp:
    case KIND.timestampInstant:
      return timestampColumn({ perSecond, path }, dictionary, compression);
    default:
      return undefined;
  }
}

/** Encoding of a column without values of its own. */
export const nestedEncoding = (kind: number | undefined): number =>
  kind === KIND.struct ? ENCODING.direct : ENCODING.directV2;
