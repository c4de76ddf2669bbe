/** Command line flags as `--name=value`; a list repeats the flag, true stands alone. */
export function flags(values: Record<string, string | number | true | readonly string[]>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    return (Array.isArray(value) ? value : [value]).map((each) => `--${name}=${each}`);
  });
}
