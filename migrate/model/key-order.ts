/** In which order a store lists keys: S3 by their UTF-8 bytes, some stores as JavaScript compares strings. */
export const KEY_ORDERS = ["utf-8", "utf-16"] as const;
export type KeyOrder = (typeof KEY_ORDERS)[number];

/** Compares keys as S3 lists them: by their UTF-8 bytes, which is not the order of JavaScript strings. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Compares keys as a store lists them that has this order. */
export function compareKeysIn(order: KeyOrder): (left: string, right: string) => number {
  return order === "utf-8" ? compareKeys : (left, right) => (left < right ? -1 : left > right ? 1 : 0);
}

const FROM_SURROGATES_ON = /[\ud800-\uffff]/;

/** Whether the place of a key depends on the order: among keys without such characters both are the same. */
export function dependsOnOrder(key: string): boolean {
  return FROM_SURROGATES_ON.test(key);
}

/** Which order a listing turns out to have, from keys as they come. */
export interface SeenOrder {
  readonly order: KeyOrder;
  /** Whether the keys so far came in that order. */
  readonly holds: boolean;
  /** Takes the next key of the listing. */
  add(key: string): void;
}

/** A listing is in the order of UTF-8 until two keys come that are in that of UTF-16 alone. */
export function seenOrder(known: KeyOrder, last: string | null, mayRepeat: boolean): SeenOrder {
  let order = known;
  let holds = true;
  let mayBeUtf16 = true;
  let lastKey = last;
  const follows = (key: string, by: KeyOrder) => {
    if (lastKey === null) return true;
    const compared = compareKeysIn(by)(key, lastKey);
    return compared > 0 || (mayRepeat && compared === 0);
  };
  return {
    get order() {
      return order;
    },
    get holds() {
      return holds;
    },
    add(key) {
      mayBeUtf16 &&= follows(key, "utf-16");
      if (!follows(key, order)) {
        if (order === "utf-8" && mayBeUtf16) order = "utf-16";
        else holds = false;
      }
      lastKey = key;
    },
  };
}

const LAST_PRINTABLE = /^[!-~]$/;

/**
 * A key that S3 lists before this one, with few keys in between; `undefined` where the listing is best begun at its beginning. Of printable ASCII but for
 * what the key itself holds, so that any store takes it.
 */
export function keyBefore(key: string): string | undefined {
  const characters = Array.from(key);
  const last = characters.pop() ?? "";
  const rest = characters.join("");
  if (LAST_PRINTABLE.test(last)) return `${rest}${String.fromCharCode(last.charCodeAt(0) - 1)}~`;
  return rest === "" ? undefined : rest;
}

const ASCII = /^[^\u0080-\uffff]*$/;

/** Text whose order by code unit is the order of the UTF-8 bytes of the given one, in which S3 lists keys. */
export function byteOrder(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString("latin1");
}
