/** A decimal with `scale` digits behind the point, as statistics have it: -5 of scale 2 is -0.05. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  const point = digits.length - scale;
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The inverse, for texts of the same scale: all digits as one number. */
export function unscaledOf(text: string): bigint {
  return BigInt(text.replace('.', ''));
}
