const UNITS: Record<string, number> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes of a size as Kubernetes writes it: `512Mi`, `2G`, `1000000`; undefined for other text. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15})([KMGT]i?|)$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]!]!;
}

/** For a size with a lower bound in bytes, which `least` spells. */
export function sizeProblems(least: string): (text: string) => string[] {
  return (text) => {
    const bytes = parseSize(text);
    return bytes !== undefined && bytes >= parseSize(least)!
      ? []
      : [`must be a size of at least ${least}, e.g. 512Mi, 2G or 1000000000`];
  };
}
