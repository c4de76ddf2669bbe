export function acquire(file: string): void;
export function release(file: string): void;
