/** A value without what stands before an `@`, which in a URL are credentials. */
export function withoutUserInfo(value: string): string {
  return value.replace(/^.*@/s, '***@');
}
