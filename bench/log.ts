/** For people; figures go to standard output. */
export const log = (line: string): void => console.error(line);
