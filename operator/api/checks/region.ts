/** What is wrong with the name of a region that workers are in: it becomes part of a task queue's name. */
export function regionProblem(name: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name)) return undefined;
  return 'Expected up to 63 letters, digits, - and _, e.g. eu-de.';
}
