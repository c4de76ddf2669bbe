/** Decimal digits that a double can tell apart when it is printed with as many. */
const DOUBLE_DIGITS = 17;

/** Whether a double printed with as many digits as `text`, a decimal number, has gives the same number again. */
export function isExactDouble(text: string): boolean {
  const value = Number(text);
  const digits = significantDigits(text);
  if (digits.length > DOUBLE_DIGITS || !Number.isFinite(value)) return false;
  if (digits === '') return true;
  return significantDigits(value.toPrecision(digits.length)) === digits;
}

function significantDigits(text: string): string {
  const mantissa = text.replace(/^-/, '').replace(/e.*$/i, '');
  const digits = mantissa.replace('.', '').replace(/^0+/, '');
  return digits.replace(/0+$/, '');
}
