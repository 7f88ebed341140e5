/** A time as the API writes it: UTC, whole seconds, without a zone. @param milliseconds since 1970 */
export function apiTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}
