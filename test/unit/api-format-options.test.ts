import { describe, expect, test } from '@jest/globals';
import { accepted, batchTransfer, configurationErrors, refusals, S3 } from './api-resources.ts';

type Fields = Record<string, unknown>;
const source = (fields: Fields) =>
  batchTransfer({ source: { s3: { ...S3, objectKey: 'in.csv', ...fields } } });
const destination = (fields: Fields) => batchTransfer({ destination: { cos: { ...S3, ...fields } } });
const sourceOptions = (fields: Fields) => accepted(source(fields)).transfer.source.options;
const destinationOptions = (fields: Fields) => accepted(destination(fields)).transfer.destination.options;

describe('options of formats', () => {
  test('have one spelling', () => {
    const csv = {
      header: false,
      delimiter: String.raw`\t`,
      quote: '',
      nullValue: 'NA',
      encoding: 'Latin-1',
      compression: 'GZIP',
    };
    expect(sourceOptions({ csv })).toEqual({
      csv: { ...csv, delimiter: '\t', encoding: 'ISO-8859-1', compression: 'gzip' },
    });
    expect(destinationOptions({ json: { layout: 'Array', compression: 'zst' } })).toEqual({
      json: { layout: 'array', compression: 'zstd' },
    });
    expect(
      destinationOptions({ parquet: { compression: 'UNCOMPRESSED' }, orc: { compression: 'zlib' } }),
    ).toEqual({
      parquet: { compression: 'none' },
      orc: { compression: 'zlib' },
    });
  });

  test.each([
    ['utf-8', 'UTF-8'],
    ['UTF8', 'UTF-8'],
    ['utf-16', 'UTF-16LE'],
    ['UTF-16le', 'UTF-16LE'],
    ['utf-16be', 'UTF-16BE'],
    ['ISO-8859-1', 'ISO-8859-1'],
    ['latin1', 'ISO-8859-1'],
  ])('encoding %s is %s', (encoding, canonical) => {
    expect(sourceOptions({ csv: { encoding } })).toEqual({ csv: { encoding: canonical } });
  });

  test('are absent where nothing is said', () => {
    expect(sourceOptions({})).toBeUndefined();
    expect(sourceOptions({ csv: {}, json: {} })).toBeUndefined();
  });

  test.each([
    ['a/b.tsv', { csv: { delimiter: '\t' } }, { csv: { delimiter: '\t' } }],
    ['b.TSV.gz', { csv: { delimiter: '\t' } }, { csv: { delimiter: '\t', compression: 'gzip' } }],
    ['b.csv.zst', undefined, { csv: { compression: 'zstd' } }],
    ['b.ndjson.gz', undefined, { json: { compression: 'gzip' } }],
    ['b.parquet.gz', undefined, undefined],
    ['b.gz', undefined, undefined],
  ])('of the key %s', (objectKey, ofSource, ofDestination) => {
    expect(sourceOptions({ objectKey })).toEqual(ofSource);
    expect(destinationOptions({ objectKey })).toEqual(ofDestination);
  });

  test('what is said comes before what the key says, which counts only for its format', () => {
    const csv = { delimiter: ';', compression: 'none' };
    expect(destinationOptions({ objectKey: 'b.tsv.gz', csv })).toEqual({ csv });
    expect(destinationOptions({ objectKey: 'b.tsv.gz', dataFormat: 'parquet' })).toBeUndefined();
    expect(destinationOptions({ objectKey: 'b.gz', dataFormat: 'csv' })).toEqual({
      csv: { compression: 'gzip' },
    });
  });

  test('of another format are accepted with a warning', () => {
    expect(accepted(source({ dataFormat: 'parquet', csv: { quote: "'" } })).warnings).toEqual([
      'spec.source.s3.csv has no effect: dataFormat is parquet',
    ]);
  });
});

describe('options of formats that are refused', () => {
  test.each<[Fields, string]>([
    [{ csv: { delimeter: ';' } }, 'csv.delimeter: unknown field; known here are header, delimiter, quote,'],
    [{ json: { lines: true } }, 'json.lines: unknown field; known here are layout, compression'],
    [
      { csv: { delimiter: '||' } },
      'csv.delimiter: must be one ASCII character of a line; a tab may be written \\t',
    ],
    [{ csv: { delimiter: '§' } }, 'csv.delimiter: must be one ASCII character'],
    [{ csv: { delimiter: '\n' } }, 'csv.delimiter: must be one ASCII character'],
    [{ csv: { delimiter: '' } }, 'csv.delimiter: must be one ASCII character'],
    [{ csv: { delimiter: '"' } }, 'csv.delimiter: must differ from quote'],
    [{ csv: { quote: '«' } }, 'csv.quote: must be one ASCII character of a line, or empty for none'],
    [{ csv: { quote: '', escape: '\\' } }, 'csv.escape: needs a quote'],
    [{ csv: { escape: '' } }, 'csv.escape: must be one ASCII character'],
    [{ csv: { escape: ',' } }, 'csv.escape: must differ from delimiter'],
    [{ csv: { nullValue: 'a,b' } }, 'csv.nullValue: must be printable ASCII characters without delimiter'],
    [{ csv: { nullValue: '\\N', escape: '\\' } }, 'csv.nullValue: must be printable ASCII'],
    [{ csv: { nullValue: '–' } }, 'csv.nullValue: must be printable ASCII'],
    [{ csv: { header: 'yes' } }, 'csv.header: must be true or false, not a text'],
    [{ csv: { encoding: 'windows-1252' } }, 'csv.encoding: must be UTF-8, UTF-16LE, UTF-16BE or ISO-8859-1'],
    [{ csv: { compression: 'bzip2' } }, 'csv.compression: must be none, gzip or zstd'],
    [{ json: { layout: 'pretty' } }, 'json.layout: must be lines or array'],
    [{ parquet: { compression: 'zstd' } }, 'parquet.compression: is for destinations'],
    [{ orc: { compression: 'zlib' } }, 'orc.compression: is for destinations'],
  ])('%j', (fields, error) => {
    expect(configurationErrors(source(fields))).toEqual([expect.stringContaining(`spec.source.s3.${error}`)]);
  });

  test.each<[Fields, string]>([
    [{ parquet: { compression: 'lzo' } }, 'must be none, snappy, gzip, zstd, lz4_raw or brotli'],
    [{ orc: { compression: 'snappy' } }, 'must be none, zlib or zstd'],
  ])('%j of a destination', (fields, error) => {
    expect(configurationErrors(destination(fields))).toEqual([expect.stringContaining(error)]);
  });
});

describe('a given schema', () => {
  const columns = [
    { name: 'id', type: 'int64', nullable: false },
    { name: 'tags', type: 'list<item: utf8>' },
  ];

  test('goes with the transfer; columns may hold nulls unless it says otherwise', () => {
    expect(accepted(source({ schema: columns })).transfer.source.schema).toEqual([
      columns[0],
      { ...columns[1], nullable: true },
    ]);
  });

  test('is refused with the place of what is wrong', () => {
    const schema = [{ name: 'id', type: 'integer' }, { name: 'id', type: 'utf8' }, { name: 'x' }];
    expect(configurationErrors(source({ schema }))).toEqual([
      expect.stringMatching(/^spec\.source\.s3\.schema\[0\]\.type: .*is no type that can be given/),
      expect.stringMatching(/^spec\.source\.s3\.schema\[2\]\.type: /),
    ]);
    const twice = [columns[0], columns[0]];
    expect(configurationErrors(source({ schema: twice }))).toEqual([
      'spec.source.s3.schema[1].name: is named twice',
    ]);
    expect(configurationErrors(source({ schema: [] }))).toEqual([
      'spec.source.s3.schema: must name the columns; leave it out to take them as found',
    ]);
    expect(refusals(destination({ schema: columns }))).toEqual([
      'spec.destination.cos.schema: is for sources; remove it from the destination',
    ]);
  });
});
