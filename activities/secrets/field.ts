/** A path in a resource as messages name it: `['spec', 'transformation', '1', 'options']` -> `spec.transformation[1].options`. */
export function fieldOf(path: readonly string[]): string {
  return path
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index ? '.' : ''}${part}`))
    .join('');
}
