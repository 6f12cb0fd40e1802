import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import type { CustomerKey } from "../../../migrate/model/encryption.js";
import { inspect, inspectUnder } from "../../../migrate/object/inspect.js";
import type { HeadObjectInput } from "../../../migrate/store/object-store.js";
import { capabilities } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const [own, other] = [customerKey(Buffer.alloc(32, 1)), customerKey(Buffer.alloc(32, 2))];
const PREFIX = "x-amz-server-side-encryption-customer-";
const input = { bucket: "bucket", key: "key" };
const can = capabilities();

interface Kept {
  /** What the object is under. */
  readonly key: CustomerKey | null;
  /** Whether HEAD names the key that opens it. */
  readonly names: boolean;
  /** Whether headers of a key are looked at for an object that is under none. */
  readonly minds: boolean;
  /** How another key is refused. */
  readonly wrong?: "access-denied" | "bad-request" | "server-error";
  /** Refused once without a reason, as by a token that has just expired. */
  readonly hiccup?: boolean;
}

/** A store of one object, and what HEAD was asked with. */
function storeOf({ key, names, minds, wrong = "access-denied", hiccup = false }: Kept) {
  const asked: string[] = [];
  let calm = !hiccup;
  const check = (md5: string | undefined) => {
    if (key === null && md5 !== undefined && minds) throw storeError("bad-request", { status: 400 });
    if (key !== null && md5 === undefined) throw storeError("bad-request", { status: 400, code: "InvalidRequest" });
    if (key !== null && md5 !== key.md5) throw storeError(wrong);
  };
  const headObject = async ({ headers }: HeadObjectInput) => {
    const md5 = headers?.[`${PREFIX}key-md5`];
    asked.push(md5 ?? "no key");
    if (!calm && md5 === undefined) {
      calm = true;
      throw storeError("bad-request", { status: 400 });
    }
    check(md5);
    const named = key !== null && names ? { [`${PREFIX}algorithm`]: "AES256", [`${PREFIX}key-md5`]: key.md5 } : {};
    return { headers: { etag: '"e"', "content-length": "1", ...named }, requestId: null };
  };
  const getFirstByte = async () => {
    check(undefined);
    return { totalBytes: 1, etag: "e" };
  };
  return { store: fakeStore({ headObject, getFirstByte }), asked };
}

describe("inspect of an object under a customer key", () => {
  const kept = { key: own, names: true, minds: true };

  test("finds it with its key, and returns that key", async () => {
    const seen = await inspect(storeOf(kept).store, input, can, [other, own]);
    expect(seen).toMatchObject({ kind: "found", facts: { encryption: { state: "sse-c", evidence: "head-header" } } });
    expect(seen.kind === "found" && seen.facts.customerKey).toBe(own);
  });

  test.each(["access-denied", "bad-request"] as const)(
    "does not find it with another key, refused as %s",
    async (wrong) => {
      const { store, asked } = storeOf({ ...kept, wrong });
      expect(await inspect(store, input, can, [other])).toEqual({ kind: "sse-c", requestId: null });
      expect(asked).toEqual(["no key", other.md5]);
    },
  );

  test("fails if the store returns a server error", async () => {
    const { store } = storeOf({ ...kept, wrong: "server-error" });
    expect((await inspect(store, input, can, [other, own])).kind).toBe("failed");
  });

  test("sends one HEAD with the expected key if the response names the key", async () => {
    const { store, asked } = storeOf(kept);
    expect(await inspectUnder(own, store, input, can)).toMatchObject({ kind: "found" });
    expect(asked).toEqual([own.md5]);
  });

  test("confirms with a HEAD without the key if the response does not name the key", async () => {
    const { store, asked } = storeOf({ ...kept, names: false });
    expect(await inspectUnder(own, store, input, can)).toMatchObject({
      kind: "found",
      facts: { encryption: { state: "sse-c" } },
    });
    expect(asked).toEqual([own.md5, "no key", own.md5]);
  });

  test("finds it with another given key if the expected one does not match", async () => {
    const seen = await inspectUnder(other, storeOf(kept).store, input, can, [own]);
    expect(seen.kind === "found" && seen.facts.customerKey).toBe(own);
  });
});

describe("inspect of a plaintext object", () => {
  test.each([true, false])(
    "never assumes a customer key, whether or not the store rejects key headers: %s",
    async (minds) => {
      const kept = { key: null, names: false, minds };
      for (const seen of [
        await inspect(storeOf(kept).store, input, can, [own]),
        await inspectUnder(own, storeOf(kept).store, input, can),
      ]) {
        expect(seen).toMatchObject({ kind: "found", facts: { encryption: { state: "none" }, customerKey: null } });
      }
    },
  );

  test("fails if its HEAD is refused for another reason", async () => {
    const { store } = storeOf({ key: null, names: false, minds: false, hiccup: true });
    expect((await inspect(store, input, can, [own])).kind).toBe("failed");
  });
});
