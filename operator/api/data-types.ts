export type DataType = 'LogData' | 'ChangeData';

/** Accepted spellings, in lower case. */
export const DATA_TYPE_SPELLINGS: Record<string, DataType> = {
  log: 'LogData',
  logdata: 'LogData',
  change: 'ChangeData',
  changedata: 'ChangeData',
  cdc: 'ChangeData',
};

/** The data type for a spelling in any case; undefined when there is no such type. */
export function canonicalDataType(spelling: string): DataType | undefined {
  const name = spelling.toLowerCase();
  return Object.hasOwn(DATA_TYPE_SPELLINGS, name) ? DATA_TYPE_SPELLINGS[name] : undefined;
}
