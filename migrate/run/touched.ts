import type { ObjectStore } from "../store/object-store.js";
import { interceptCalls, type Operation } from "../store/operations.js";

/** The calls that change an object, or remove a version, once they are answered. */
const TOUCHING: Readonly<Partial<Record<Operation, string>>> = {
  copyObject: "copied",
  completeMultipartUpload: "copied in parts",
  putObject: "put again",
  putObjectTagging: "tagged again",
  putObjectRetention: "locked again",
  putObjectLegalHold: "held again",
  deleteObject: "of their versions removed",
  addDeleteMarker: "delete markers put",
};

export interface Touched {
  /** The same store, whose writes are counted as they are sent: whatever came of them, the object was touched. */
  readonly watch: (store: ObjectStore) => ObjectStore;
  /** What was done to real objects so far, in words. */
  readonly words: () => string;
}

/** Counts what a session does to real objects. `isResumed`: earlier sessions may have done more. */
export function countTouched(isResumed: boolean): Touched {
  const counts = new Map<string, number>();
  const watch = (store: ObjectStore) =>
    interceptCalls(store, (operation, call) => {
      const done = TOUCHING[operation];
      if (done !== undefined) counts.set(done, (counts.get(done) ?? 0) + 1);
      return call();
    });
  const words = () => {
    const done = [...counts].map(([what, count]) => `${count} ${what}`);
    if (done.length > 0)
      return `other objects had been touched before (${done.join(", ")}), and the journal names them`;
    return isResumed
      ? "this session touched no other object; what earlier ones touched, the journal names"
      : "no other object was touched";
  };
  return { watch, words };
}
