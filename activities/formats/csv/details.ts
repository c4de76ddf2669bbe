import type { Dialect } from './dialect.ts';

/** Facts for people: how the text is to be taken apart. */
export function dialectDetails(
  { delimiter, quote, escape, nullValue }: Dialect,
  header: boolean,
): Record<string, string> {
  return {
    delimiter: delimiter === '\t' ? String.raw`\t` : delimiter,
    quote: quote === '' ? 'none' : quote,
    header: String(header),
    ...(escape === quote ? {} : { escape }),
    ...(nullValue === '' ? {} : { nullValue }),
  };
}
