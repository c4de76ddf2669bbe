import { identifier } from '../../engine/engine.ts';
import type { Column } from '../format.ts';

/**
 * Columns are read back with the types that were written, but for timestamps: their unit follows from their values. As
 * text they are the same in either; casting everything would cost more than all the rest of a copy's verification.
 */
export function compared({ name, type }: Pick<Column, 'name' | 'type'>): string {
  return /TIMESTAMP/.test(type) ? `CAST(${identifier(name)} AS VARCHAR)` : identifier(name);
}
