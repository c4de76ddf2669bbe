import type { CsvOptions } from '../../../workflows/contract/formats.ts';
import { TransferError } from '../../failures.ts';

/** How the records of a CSV object are spelled, as UTF-8. */
export interface Dialect {
  delimiter: string;
  /** Empty: values are never quoted. */
  quote: string;
  /** Within quotes, what follows it is an ordinary character; the quote itself where it is doubled; empty without quote. */
  escape: string;
  /** Unquoted text that stands for NULL. */
  nullValue: string;
}

export const RFC_4180: Dialect = { delimiter: ',', quote: '"', escape: '"', nullValue: '' };

const LONGEST_NULL = 64;
const ONE_CHARACTER = /^[^\r\n\0\u0080-\u{10ffff}]$/u;

/** The dialect that options ask for; InvalidOption names the option that makes no sense. */
export function dialectOf(options: CsvOptions | undefined): Dialect {
  const { delimiter, quote, nullValue } = { ...RFC_4180, ...options };
  const escape = options?.escape ?? quote;
  const dialect = { delimiter, quote, escape, nullValue };
  const characters = Object.entries({ delimiter, ...(quote === '' ? {} : { quote, escape }) });
  for (const [name, value] of characters) {
    if (!ONE_CHARACTER.test(value)) throw invalid(name, value, 'must be one ASCII character of a line');
  }
  if (delimiter === quote || delimiter === escape)
    throw invalid('delimiter', delimiter, 'must differ from quote and escape');
  if (quote === '' && escape !== '')
    throw invalid('escape', escape, 'needs a quote: it counts within quotes');
  const special = [delimiter, quote, escape].filter((character) => character !== '');
  const foreign = !/^[ -~]*$/.test(nullValue) || nullValue.length > LONGEST_NULL;
  if (foreign || special.some((character) => nullValue.includes(character)))
    throw invalid(
      'nullValue',
      nullValue.slice(0, LONGEST_NULL),
      `must be up to ${LONGEST_NULL} printable ASCII characters without delimiter, quote and escape`,
    );
  return dialect;
}

function invalid(option: string, value: string, text: string): TransferError {
  return new TransferError('InvalidOption', `csv.${option} ${JSON.stringify(value)} ${text}`);
}
