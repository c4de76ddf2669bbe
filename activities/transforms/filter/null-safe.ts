import { z } from 'zod';
import { refusal } from './refusal.ts';

/** Spark's null-safe equality, which the engine's parser takes for an operator of another precedence. */
export const NULL_SAFE_EQUAL = '<=>';

const nullSafeCall = z.object({ function_name: z.literal(NULL_SAFE_EQUAL) });
const comparison = z.object({ class: z.literal('COMPARISON') });

/** Refuses what Spark and the parser group differently: `a = b <=> c`, `a <=> b || c`. */
export function refuseNullSafeOperand(operator: string, operands: readonly unknown[], path: string): void {
  const ambiguous = operands.some(
    (operand) =>
      nullSafeCall.safeParse(operand).success ||
      (operator === NULL_SAFE_EQUAL && comparison.safeParse(operand).success),
  );
  if (ambiguous)
    throw refusal(
      path,
      '<=> beside another operator is ambiguous; write (a IS NOT DISTINCT FROM b) for (a <=> b)',
    );
}
