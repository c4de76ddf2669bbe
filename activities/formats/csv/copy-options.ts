import type { CsvOptions } from '../../../workflows/contract/formats.ts';
import { literal } from '../../engine/engine.ts';
import { dialectOf } from './dialect.ts';
import type { Dialect } from './dialect.ts';

/**
 * What the engine writes. It has no way to write without quotes but to leave them out where they are needed: a
 * character that no text holds takes their place, and encode() removes it where it can.
 */
export function engineDialect(options: CsvOptions | undefined): Dialect {
  const dialect = dialectOf(options);
  if (dialect.quote !== '') return dialect;
  const quote = dialect.delimiter === '\u0001' ? '\u0002' : '\u0001';
  return { ...dialect, quote, escape: quote };
}

/** Only the first chunk has the header. */
export const hasHeader = (options: CsvOptions | undefined, index: number): boolean =>
  index === 0 && (options?.header ?? true);

export function copyOptions(index: number, options: CsvOptions | undefined): string {
  const { delimiter, quote, escape, nullValue } = engineDialect(options);
  return [
    'FORMAT csv',
    `HEADER ${hasHeader(options, index)}`,
    `DELIMITER ${literal(delimiter)}`,
    `QUOTE ${literal(quote)}`,
    `ESCAPE ${literal(escape)}`,
    `NULLSTR ${literal(nullValue)}`,
  ].join(', ');
}
