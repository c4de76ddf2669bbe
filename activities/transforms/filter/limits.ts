/**
 * Bounds on a clause. Within them the engine parses, binds and evaluates in bounded time: beyond, a clause of
 * a few kilobytes can keep it busy for minutes (a sum of 900 terms took 38 s to bind).
 */
export const MAX_CHARACTERS = 4096;
export const MAX_DEPTH = 48;
/** Nodes of the tree after the engine's own expansion: it copies operands of BETWEEN and NULLIF. */
export const MAX_NODES = 500;
/** A concatenation copies text at every step. */
export const MAX_CONCATENATIONS = 8;
/** The parser copies the operand of `CASE operand WHEN ...` into every branch. */
export const MAX_CASE_OPERAND_TOKENS = 8;
