import type { ObjectStore } from "../store/object-store.js";

/** What reads that which HEAD does not tell of an object. */
export type CarriedReads = Pick<ObjectStore, "getObjectAcl" | "getObjectTagging">;

/** The same answers each time they are asked for, for one object. */
export function readOnce(store: CarriedReads): CarriedReads {
  let acl: ReturnType<CarriedReads["getObjectAcl"]> | undefined;
  let tags: ReturnType<CarriedReads["getObjectTagging"]> | undefined;
  return {
    getObjectAcl: (input) => {
      acl ??= store.getObjectAcl(input);
      return acl;
    },
    getObjectTagging: (input) => {
      tags ??= store.getObjectTagging(input);
      return tags;
    },
  };
}
