import { DELIMITERS } from '../format-spellings.ts';
import { canonicalOf } from '../spellings.ts';

const ONE_CHARACTER = /^[^\r\n\0\u0080-\u{10ffff}]$/u;
const NULL_VALUE = /^[ -~]*$/;

interface Csv {
  delimiter?: string | undefined;
  quote?: string | undefined;
  escape?: string | undefined;
  nullValue?: string | undefined;
}

/** What is wrong with the characters of a CSV block, by field: they must be told apart. */
export function csvProblems(csv: Csv): { field: keyof Csv; message: string }[] {
  const delimiter = canonicalOf(DELIMITERS, csv.delimiter ?? ',') ?? csv.delimiter ?? ',';
  const quote = csv.quote ?? '"';
  const escape = csv.escape ?? quote;
  const nullValue = csv.nullValue ?? '';
  const problems: { field: keyof Csv; message: string }[] = [];
  const problem = (field: keyof Csv, message: string, wrong: boolean): void => {
    if (wrong) problems.push({ field, message });
  };
  const one = 'must be one ASCII character of a line';
  problem('delimiter', `${one}; a tab may be written \\t`, !ONE_CHARACTER.test(delimiter));
  problem('quote', `${one}, or empty for none`, quote !== '' && !ONE_CHARACTER.test(quote));
  problem('delimiter', 'must differ from quote', delimiter === quote);
  if (quote === '') problem('escape', 'needs a quote: it counts within quotes', escape !== '');
  else problem('escape', one, escape !== quote && !ONE_CHARACTER.test(escape));
  problem('escape', 'must differ from delimiter', escape === delimiter && escape !== quote);
  const special = [delimiter, quote, escape].filter((character) => character !== '');
  problem(
    'nullValue',
    'must be printable ASCII characters without delimiter, quote and escape',
    !NULL_VALUE.test(nullValue) || special.some((character) => nullValue.includes(character)),
  );
  return problems;
}
