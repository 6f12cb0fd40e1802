import { describe, expect, test } from "vitest";
import { type EarlyAcl, EarlyAcls } from "../../../migrate/object/early-acl.js";
import type { ObjectAcl } from "../../../migrate/store/object-store.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const PLACE = { bucket: "b", key: "k" };
const ACL: ObjectAcl = { ownerId: "me", grants: [] };
const ANSWERED_AT = "Sun, 29 Nov 2026 12:00:00 GMT";
const OLD = { lastModified: "2026-11-29T11:58:00.000Z", versionId: null };

/** A store that counts how often it is asked for access control lists. */
function countingStore(getObjectAcl: () => Promise<ObjectAcl> = async () => ACL) {
  const counts = { reads: 0 };
  const store = fakeStore({
    getObjectAcl: () => {
      counts.reads += 1;
      return getObjectAcl();
    },
  });
  return { store, counts };
}

type Object = Parameters<EarlyAcl["seen"]>[0];

/** The assumed access control list, after so many objects that needed one. */
async function takenAfter(
  objects: number,
  last: Object,
  given = countingStore(),
  answeredAt: string | null = ANSWERED_AT,
) {
  const acls = new EarlyAcls();
  const look = (object: Object, at: string | null) =>
    acls.during(given.store, PLACE, async (early) => {
      early.seen(object, at);
      return early.take();
    });
  for (let nth = 0; nth < objects; nth += 1) await look(OLD, ANSWERED_AT);
  const before = given.counts.reads;
  const taken = await look(last, answeredAt);
  return { taken, requested: given.counts.reads - before };
}

describe("EarlyAcls", () => {
  test("requests nothing before many objects in a row needed a list", async () => {
    expect(await takenAfter(20, OLD)).toEqual({ taken: undefined, requested: 0 });
  });

  test("requests the list of the first object with its second HEAD, if the first one showed that it is needed", async () => {
    const { store, counts } = countingStore();
    const look = async (early: EarlyAcl) => {
      early.seen(OLD, ANSWERED_AT);
      return { counts: early.counts, taken: await early.take() };
    };
    const acls = new EarlyAcls();
    expect(await acls.during(store, PLACE, look)).toEqual({ counts: true, taken: undefined });
    expect(await acls.during(store, PLACE, look, true)).toEqual({ counts: true, taken: ACL });
    expect(counts.reads).toBe(1);
  });

  test("requests a list together with HEAD once they did", async () => {
    expect(await takenAfter(30, OLD)).toEqual({ taken: ACL, requested: 1 });
  });

  test.each<[string, Object, string | null]>([
    ["was written in the last minute", { ...OLD, lastModified: "2026-11-29T11:59:30.000Z" }, ANSWERED_AT],
    ["was written later than the answer says it is", { ...OLD, lastModified: "2026-11-29T12:30:00.000Z" }, ANSWERED_AT],
    ["has a version", { ...OLD, versionId: "v1" }, ANSWERED_AT],
    ["has no date", { ...OLD, lastModified: null }, ANSWERED_AT],
    ["is shown by a store without a clock", OLD, null],
  ])("does not use the list of an object that %s", async (_, object, answeredAt) => {
    const { taken } = await takenAfter(30, object, countingStore(), answeredAt);
    expect(taken).toBeUndefined();
  });

  test("leaves a list that could not be read to the request after it, and stops requesting", async () => {
    const denied = countingStore(() => Promise.reject(storeError("access-denied", { operation: "getObjectAcl" })));
    expect(await takenAfter(22, OLD, denied)).toEqual({ taken: null, requested: 1 });
    expect(await takenAfter(40, OLD, denied)).toEqual({ taken: undefined, requested: 0 });
  });

  test("stops requesting once objects need no list", async () => {
    const acls = new EarlyAcls();
    const { store, counts } = countingStore();
    for (let nth = 0; nth < 60; nth += 1) {
      await acls.during(store, PLACE, async (early) => {
        early.seen(OLD, ANSWERED_AT);
        if (nth < 30) await early.take();
      });
    }
    // Eight of the first thirty, and one before the forecast changed.
    expect(counts.reads).toBe(9);
  });
});
