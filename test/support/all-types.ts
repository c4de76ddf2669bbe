/**
 * Columns of all types of the engine: a usual value, the least and the greatest, NULL, and what is special. Left out
 * are values that a format refuses: integers of 39 digits, times that are infinite or beyond a format's range.
 */
const COLUMNS: Readonly<Record<string, { type: string; values: readonly string[] }>> = {
  bool: { type: 'BOOLEAN', values: ['true', 'false', 'true'] },
  int8: { type: 'TINYINT', values: ['1', '-128', '127'] },
  int16: { type: 'SMALLINT', values: ['1', '-32768', '32767'] },
  int32: { type: 'INTEGER', values: ['1', '-2147483648', '2147483647'] },
  int64: { type: 'BIGINT', values: ['1', '-9223372036854775808', '9223372036854775807'] },
  uint8: { type: 'UTINYINT', values: ['1', '0', '255'] },
  uint16: { type: 'USMALLINT', values: ['1', '0', '65535'] },
  uint32: { type: 'UINTEGER', values: ['1', '0', '4294967295'] },
  uint64: { type: 'UBIGINT', values: ['1', '0', '18446744073709551615'] },
  int128: {
    type: 'HUGEINT',
    values: ['1', '-99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
  },
  uint128: { type: 'UHUGEINT', values: ['1', '0', '99999999999999999999999999999999999999'] },
  bignum: { type: 'BIGNUM', values: ['1', `-1${'0'.repeat(50)}`, `1${'0'.repeat(50)}`] },
  float: { type: 'FLOAT', values: ['1.5', '-3.4028235e38', '1e-45'] },
  double: { type: 'DOUBLE', values: ['0.1', '-1.7976931348623157e308', '5e-324'] },
  double_special: { type: 'DOUBLE', values: ['nan', '-inf', 'inf'] },
  decimal_4_1: { type: 'DECIMAL(4,1)', values: ['1.5', '-999.9', '999.9'] },
  decimal_9_4: { type: 'DECIMAL(9,4)', values: ['1.5', '-99999.9999', '99999.9999'] },
  decimal_18_6: { type: 'DECIMAL(18,6)', values: ['1.5', '-999999999999.999999', '999999999999.999999'] },
  decimal_38_10: {
    type: 'DECIMAL(38,10)',
    values: ['1.5', `-${'9'.repeat(28)}.9999999999`, `${'9'.repeat(28)}.9999999999`],
  },
  decimal_38_0: { type: 'DECIMAL(38,0)', values: ['1', `-${'9'.repeat(38)}`, '9'.repeat(38)] },
  text: { type: 'VARCHAR', values: ['plain', '', 'a "b", c\r\nd'] },
  text_digits: { type: 'VARCHAR', values: ['007', '1.50', ' 12 '] },
  text_unicode: { type: 'VARCHAR', values: ['été', '✓ 🦆', 'null'] },
  enum: { type: "ENUM('red', 'green', 'a, b')", values: ['red', 'green', 'a, b'] },
  json: { type: 'JSON', values: ['{"a":[1,null,"x"]}', '[]', '"text"'] },
  binary: { type: 'BLOB', values: ['abc', '', String.raw`\x00\xFF\x5C`] },
  bits: { type: 'BIT', values: ['101', '0', '1111111111'] },
  uuid: {
    type: 'UUID',
    values: [
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ],
  },
  date: { type: 'DATE', values: ['2024-02-29', '1582-10-15', '9999-12-31'] },
  date_early: { type: 'DATE', values: ['0001-01-01', '0999-12-31', '1000-01-01'] },
  time: { type: 'TIME', values: ['12:34:56.789', '00:00:00', '23:59:59.999999'] },
  time_ns: { type: 'TIME_NS', values: ['12:34:56.789', '00:00:00', '23:59:59.999999999'] },
  time_zone: { type: 'TIME WITH TIME ZONE', values: ['12:34:56+00', '00:00:00+00', '23:59:59.999999+00'] },
  timestamp: {
    type: 'TIMESTAMP',
    values: ['2024-02-29 12:34:56.789', '1700-01-01 00:00:00.000001', '2200-12-31 23:59:59.999999'],
  },
  timestamp_wide: {
    type: 'TIMESTAMP',
    values: ['2024-02-29 12:34:56', '1000-01-01 00:00:00', '9999-12-31 23:59:59.999999'],
  },
  timestamp_s: {
    type: 'TIMESTAMP_S',
    values: ['2024-02-29 12:34:56', '1700-01-01 00:00:00', '2200-12-31 23:59:59'],
  },
  timestamp_ms: {
    type: 'TIMESTAMP_MS',
    values: ['2024-02-29 12:34:56.789', '1700-01-01 00:00:00', '2200-12-31 23:59:59.999'],
  },
  timestamp_ns: {
    type: 'TIMESTAMP_NS',
    values: ['2024-02-29 12:34:56.789', '1700-01-01 00:00:00.000000001', '2200-12-31 23:59:59.999999999'],
  },
  timestamp_zone: {
    type: 'TIMESTAMP WITH TIME ZONE',
    values: ['2024-02-29 12:34:56.789+02', '1700-01-01 00:00:00+00', '2200-12-31 23:59:59.999999+00'],
  },
  interval: { type: 'INTERVAL', values: ['1 year 2 days 03:04:05.678', '0 days', '100 months 28 days'] },
  nothing: { type: 'INTEGER', values: [] },
  list_int: { type: 'INTEGER[]', values: ['[1, NULL, 3]', '[]', '[-2147483648]'] },
  list_text: { type: 'VARCHAR[]', values: ["['a', NULL, '']", '[]', `['it''s, "b"']`] },
  list_date: { type: 'DATE[]', values: ['[2024-02-29, NULL]', '[]', '[1582-10-15]'] },
  list_timestamp: { type: 'TIMESTAMP[]', values: ["['2024-02-29 12:34:56.789', NULL]", '[]', '[]'] },
  list_uint64: { type: 'UBIGINT[]', values: ['[18446744073709551615, NULL]', '[]', '[0]'] },
  list_decimal: { type: 'DECIMAL(20,4)[]', values: ['[1.5, NULL]', '[]', '[-9999999999999999.9999]'] },
  list_list: { type: 'INTEGER[][]', values: ['[[1], [], NULL]', '[]', '[[2, NULL]]'] },
  array_int: { type: 'INTEGER[3]', values: ['[1, NULL, 3]', '[0, 0, 0]', '[-2147483648, 2147483647, 1]'] },
  array_text: { type: 'VARCHAR[2]', values: ["['a', NULL]", "['', '']", "['x', 'y']"] },
  struct: {
    type: 'STRUCT(a INTEGER, b VARCHAR)',
    values: ["{'a': 1, 'b': x}", "{'a': NULL, 'b': NULL}", "{'a': 2, 'b': ''}"],
  },
  struct_time: {
    type: 'STRUCT(t TIMESTAMP WITH TIME ZONE, d DATE)',
    values: [
      "{'t': '2024-02-29 12:00:00+00', 'd': 2024-02-29}",
      "{'t': NULL, 'd': NULL}",
      "{'t': NULL, 'd': 1582-10-15}",
    ],
  },
  struct_list: {
    type: 'STRUCT(a INTEGER[], b VARCHAR[])',
    values: ["{'a': [1, NULL], 'b': [x]}", "{'a': [], 'b': NULL}", "{'a': NULL, 'b': []}"],
  },
  struct_struct: {
    type: 'STRUCT(a STRUCT(b STRUCT(c UINTEGER)))',
    values: ["{'a': {'b': {'c': 1}}}", "{'a': {'b': NULL}}", "{'a': NULL}"],
  },
  list_struct: {
    type: 'STRUCT(a INTEGER, b VARCHAR)[]',
    values: ["[{'a': 1, 'b': x}, NULL]", '[]', "[{'a': NULL, 'b': ''}]"],
  },
  map: { type: 'MAP(VARCHAR, INTEGER)', values: ['{a=1, b=NULL}', '{}', '{c=3}'] },
  map_struct: { type: 'MAP(INTEGER, STRUCT(a DATE))', values: ["{1={'a': 2024-02-29}}", '{}', '{2=NULL}'] },
  variant: { type: 'VARIANT', values: ['text', '', '1'] },
  geometry: { type: 'GEOMETRY', values: ['POINT (1 2)', 'LINESTRING (0 0, 1 1)', 'POINT EMPTY'] },
  union: { type: 'UNION(number INTEGER, text VARCHAR)', values: ['1', 'x', ''] },
};

const ROWS = 4;

/** Every column under its name: type and a query of one column `x`, whose last row is NULL. */
export function allTypes(): { name: string; type: string; query: string }[] {
  return Object.entries(COLUMNS).map(([name, { type, values }]) => {
    const rows = Array.from({ length: ROWS }, (_, row) => {
      const value = values[row];
      const text = value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
      return `(${row}, CAST(${text} AS ${type}))`;
    });
    return { name, type, query: `SELECT x FROM (VALUES ${rows.join(', ')}) AS t(row, x) ORDER BY row` };
  });
}
