/** A key that S3 lists before this one and, of all that are quickly named, close to it; `undefined` where there is none. */
export function keyBefore(key: string): string | undefined {
  const before = Array.from(key).slice(0, -1).join("");
  return before === "" ? undefined : before;
}
