/**
 * The order in which a store lists keys: S3 by UTF-8 bytes, some stores by UTF-16 code units, as JavaScript
 * compares strings.
 */
export const KEY_ORDERS = ["utf-8", "utf-16"] as const;
export type KeyOrder = (typeof KEY_ORDERS)[number];

/** Compares keys in S3's listing order: by UTF-8 bytes, which is not the order of all JavaScript strings. */
export function compareKeys(left: string, right: string): number {
  const isAsCodeUnits = !dependsOnOrder(left) && !dependsOnOrder(right);
  return isAsCodeUnits ? compareCodeUnits(left, right) : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Compares keys in the listing order of a store. */
export function compareKeysIn(order: KeyOrder): (left: string, right: string) => number {
  return order === "utf-8" ? compareKeys : compareCodeUnits;
}

function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const FROM_SURROGATES_ON = /[\ud800-\uffff]/;

/** Whether the position of a key depends on the order. Keys without such characters sort the same in both. */
export function dependsOnOrder(key: string): boolean {
  return FROM_SURROGATES_ON.test(key);
}

/** The order of a listing, detected from its keys. */
export interface SeenOrder {
  readonly order: KeyOrder;
  /** Whether the keys so far follow that order. */
  readonly holds: boolean;
  /** Adds the next key of the listing. */
  add(key: string): void;
}

/** A listing counts as ordered by UTF-8 until two consecutive keys are only in UTF-16 order. */
export function seenOrder(known: KeyOrder, last: string | null, mayRepeat: boolean): SeenOrder {
  let order = known;
  let holds = true;
  let mayBeUtf16 = true;
  let lastKey = last;
  let isLastAlike = last === null || !dependsOnOrder(last);
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
      const isAlike = !dependsOnOrder(key);
      // Nearly all keys sort the same in both orders, and one comparison is enough for them.
      const isUsual = isAlike && isLastAlike && lastKey !== null && key > lastKey;
      if (!isUsual) {
        mayBeUtf16 &&= follows(key, "utf-16");
        if (!follows(key, order)) {
          if (order === "utf-8" && mayBeUtf16) order = "utf-16";
          else holds = false;
        }
      }
      lastKey = key;
      isLastAlike = isAlike;
    },
  };
}

const LAST_PRINTABLE = /^[!-~]$/;

/**
 * A key that S3 lists before this one, with few keys in between; `undefined` if it is best to list from the
 * beginning. Apart from characters of the key itself it uses printable ASCII, so every store accepts it.
 */
export function keyBefore(key: string): string | undefined {
  const characters = Array.from(key);
  const last = characters.pop() ?? "";
  const rest = characters.join("");
  if (LAST_PRINTABLE.test(last)) return `${rest}${String.fromCharCode(last.charCodeAt(0) - 1)}~`;
  return rest === "" ? undefined : rest;
}

const ASCII = /^[^\u0080-\uffff]*$/;

/** A text whose code-unit order equals the order of the given text's UTF-8 bytes, in which S3 lists keys. */
export function byteOrder(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString("latin1");
}
