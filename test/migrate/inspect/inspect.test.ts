import { describe, expect, test } from "vitest";
import { inspect } from "../../../migrate/object/inspect.js";
import { explainingStore } from "../../../migrate/store/explaining-store.js";
import type { StoreError } from "../../../migrate/store/store-error.js";
import { capabilities } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const BARE_400 = storeError("bad-request", { status: 400, code: "HTTP 400" });
const KEY_IS_MISSING = storeError("bad-request", { status: 400, code: "InvalidRequest", requestId: "of GET" });
const EXPIRED = storeError("expired-credentials", { status: 400, code: "ExpiredToken" });

/** What is said of an object whose HEAD is a bare 400, where GET of the first byte is refused so; and what was asked. */
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
