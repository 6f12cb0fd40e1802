import type { BucketState, ObjectState } from "./read-bucket.js";

/** All that a migration must keep of an object; the ETag stays only where the parts do. */
function lasting({ encryption: _, etag: __, ...rest }: ObjectState): Omit<ObjectState, "encryption" | "etag"> {
  return rest;
}

/** Objects that are gone, new, or not what they were but for their encryption. */
export function differing(before: BucketState, after: BucketState): unknown[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    const same = was !== undefined && is !== undefined && JSON.stringify(lasting(was)) === JSON.stringify(lasting(is));
    return same ? [] : [{ key, was, is }];
  });
}
