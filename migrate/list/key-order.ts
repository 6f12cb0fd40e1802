/** Compares keys as S3 lists them: by their UTF-8 bytes, which is not the order of JavaScript strings. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
