/**
 * The name by which every database of time zones knows a zone, e.g. `Europe/Berlin` for `europe/berlin`; undefined when
 * there is none of this name. Offsets as `+01:00` are no names.
 */
export function canonicalTimeZone(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export const timeZoneProblems = (name: string): string[] =>
  canonicalTimeZone(name) === undefined
    ? ['is no time zone of the IANA database; give a name such as Europe/Berlin, America/New_York or UTC']
    : [];
