/**
 * How many cases a property is tried with: all in `npm test`, a share of them in `npm run test:unit`, more by
 * DDC_PROPERTY_RUNS, a factor.
 */
export function runs(count: number): number {
  return Math.max(1, Math.round(count * Number(process.env['DDC_PROPERTY_RUNS'] ?? 1)));
}
