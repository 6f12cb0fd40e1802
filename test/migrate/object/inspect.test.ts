import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import type { CustomerKey } from "../../../migrate/model/encryption.js";
import { inspect, inspectUnder } from "../../../migrate/object/inspect.js";
import type { HeadObjectInput } from "../../../migrate/store/object-store.js";
import { explainingStore } from "../../../migrate/store/refusing-store.js";
import type { StoreError } from "../../../migrate/store/store-error.js";
import { capabilities } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const BARE_400 = storeError("bad-request", { status: 400, code: "HTTP 400" });
const KEY_IS_MISSING = storeError("bad-request", { status: 400, code: "InvalidRequest", requestId: "of GET" });
const EXPIRED = storeError("expired-credentials", { status: 400, code: "ExpiredToken" });

/** The outcome of an object whose HEAD is a bare 400, and whose GET of the first byte is refused so; and the requests. */
async function inspected(getError: StoreError, { explained }: { explained: boolean }) {
  const asked: string[] = [];
  const refusing = (name: string, error: StoreError) => async () => {
    asked.push(name);
    throw error;
  };
  const bare = fakeStore({ headObject: refusing("HEAD", BARE_400), getFirstByte: refusing("GET", getError) });
  const store = explained ? explainingStore(bare) : bare;
  return { inspection: await inspect(store, { bucket: "b", key: "k" }, capabilities()), asked };
}

describe.each([{ explained: false }, { explained: true }])(
  "inspect after a bare 400 of HEAD (store explains it: $explained)",
  (how) => {
    test("returns sse-c if GET asks for a key, with one GET", async () => {
      const { inspection, asked } = await inspected(KEY_IS_MISSING, how);
      expect(inspection).toEqual({ kind: "sse-c", requestId: "of GET" });
      expect(asked).toEqual(["HEAD", "GET"]);
    });

    test("fails as expired-credentials if GET reports an expired token", async () => {
      const { inspection } = await inspected(EXPIRED, how);
      expect(inspection).toMatchObject({ kind: "failed", error: { kind: "expired-credentials" } });
    });

    test("fails if GET returns a 400 with another code", async () => {
      const { inspection } = await inspected(storeError("bad-request", { status: 400, code: "HTTP 400" }), how);
      expect(inspection.kind).toBe("failed");
    });
  },
);

const [own, other] = [customerKey(Buffer.alloc(32, 1)), customerKey(Buffer.alloc(32, 2))];
const PREFIX = "x-amz-server-side-encryption-customer-";
const input = { bucket: "bucket", key: "key" };
const can = capabilities();

interface Kept {
  /** The encryption of the object. */
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

const OBJECT = { bucket: "b", key: "k" };

interface Said {
  readonly head: string | null;
  readonly get?: number | null | StoreError;
  readonly getEtag?: string;
  readonly listing?: number;
  readonly listedEtag?: string;
}

/** A store that says so much of one object's size. */
function saying({ head, get, getEtag = "e", listing, listedEtag = "e" }: Said) {
  const asked: string[] = [];
  const lengths = head === null ? {} : { "content-length": head };
  const entry = { key: "k", etag: listedEtag, lastModified: "", storageClass: "STANDARD" };
  const store = fakeStore({
    headObject: async () => ({ headers: { etag: '"e"', ...lengths }, requestId: null }),
    getFirstByte: async () => {
      asked.push("GET");
      if (typeof get === "object" && get !== null) throw get;
      return { totalBytes: get ?? null, etag: getEtag };
    },
    listObjects: async () => {
      asked.push("LIST");
      return { objects: listing === undefined ? [] : [{ ...entry, sizeBytes: listing }], nextToken: null };
    },
  });
  return { store, asked };
}

const listed = (sizeBytes: number, etag = "e") => ({ etag, sizeBytes });

describe("object size", () => {
  test.each<[string, Said, ReturnType<typeof listed> | undefined, number, string[]]>([
    ["HEAD's", { head: "9000" }, undefined, 9000, []],
    ["HEAD's, as the listing's", { head: "9000" }, listed(9000), 9000, []],
    ["HEAD's, if the listing is of another write", { head: "9000" }, listed(10, "older"), 9000, []],
    ["HEAD's and GET's, if the listing has another", { head: "9000", get: 9000 }, listed(10), 9000, ["GET"]],
    ["GET's, if HEAD has none", { head: null, get: 9000, listing: 9000 }, undefined, 9000, ["GET", "LIST"]],
    ["GET's, as the listing's", { head: null, get: 9000 }, listed(9000), 9000, ["GET"]],
    ["the listing's, if GET has none", { head: null, get: null }, listed(9000), 9000, ["GET"]],
    ["the listing's, if GET is refused", { head: null, get: storeError("access-denied") }, listed(9000), 9000, ["GET"]],
    ["the listing's, asked for", { head: null, get: null, listing: 9000 }, undefined, 9000, ["GET", "LIST"]],
    ["0, if it is empty", { head: null, get: 0 }, listed(0), 0, ["GET"]],
  ])("is %s", async (_, said, ref, sizeBytes, calls) => {
    const { store, asked } = saying(said);
    const seen = await inspect(store, { ...OBJECT, listed: ref }, can);
    expect(seen).toMatchObject({ kind: "found", facts: { sizeBytes } });
    expect(asked).toEqual(calls);
  });

  test.each<[string, Said, ReturnType<typeof listed> | undefined]>([
    ["nobody says it", { head: null, get: null }, undefined],
    ["HEAD sends what is no number", { head: "-9000", get: null }, undefined],
    [
      "GET is of another write, and the listing too",
      { head: null, get: 1, getEtag: "x", listing: 1, listedEtag: "x" },
      undefined,
    ],
    ["GET and the listing contradict each other", { head: null, get: 10 }, listed(9000)],
    ["HEAD and the listing do, and GET agrees with neither", { head: "10", get: 11 }, listed(9000)],
    ["HEAD and the listing do, and GET agrees with the listing", { head: "0", get: 9000 }, listed(9000)],
    ["GET shows it to be empty, and the listing has a size", { head: null, get: 0 }, listed(9)],
  ])("is unknown if %s", async (_, said, ref) => {
    const seen = await inspect(saying(said).store, { ...OBJECT, listed: ref }, can);
    expect(seen).toMatchObject({ kind: "failed", error: { kind: "size-unknown" } });
  });

  test("fails as throttled if the store throttles", async () => {
    const { store } = saying({ head: null, get: storeError("throttled") });
    expect(await inspectUnder(null, store, OBJECT, can)).toMatchObject({
      kind: "failed",
      error: { kind: "throttled" },
    });
  });
});
