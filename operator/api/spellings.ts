/** Accepted spellings, in lower case, and what each means. */
export type Spellings<Canonical extends string = string> = Readonly<Record<string, Canonical>>;

/** What a spelling in any case means; undefined when it is none. */
export function canonicalOf<Canonical extends string>(
  spellings: Spellings<Canonical>,
  spelling: string,
): Canonical | undefined {
  const name = spelling.toLowerCase();
  return Object.hasOwn(spellings, name) ? spellings[name] : undefined;
}
