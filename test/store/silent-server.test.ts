import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ObjectStore } from "../../migrate/store/object-store.js";
import { DEFAULT_CREDENTIALS } from "../../sandbox/index.js";
import { openStores, refusalOf, STORE_NAMES } from "./port-target.js";

const ANSWER_MS = 200;
const SLOW_ANSWER_MS = 1000;
/** Below the limits that are replaced, and long enough for a busy machine. */
const MOST_MS = 30_000;

vi.mock("../../migrate/store/transport/request.js", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../migrate/store/transport/request.js")>();
  const callLimits: typeof original.callLimits = (operation) => {
    const limits = original.callLimits(operation);
    return { ...limits, answerMs: limits.answerMs === original.SLOW_ANSWER_TIMEOUT_MS ? 1000 : 200 };
  };
  return { ...original, callLimits };
});

const OBJECT = { bucket: "bucket", key: "a" };

const CALLS: Readonly<Record<string, readonly [call: (store: ObjectStore) => Promise<unknown>, limitMs: number]>> = {
  headObject: [(store) => store.headObject(OBJECT), ANSWER_MS],
  listObjects: [(store) => store.listObjects({ bucket: "bucket", prefix: "" }), ANSWER_MS],
  getObjectAcl: [(store) => store.getObjectAcl(OBJECT), ANSWER_MS],
  copyObject: [(store) => store.copyObject({ ...OBJECT, headers: {} }), SLOW_ANSWER_MS],
  uploadPartCopy: [
    (store) => store.uploadPartCopy({ ...OBJECT, uploadId: "u", partNumber: 1, range: [0, 1], headers: {} }),
    SLOW_ANSWER_MS,
  ],
};

/** A server that accepts every connection and never says a word. */
async function silent() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => undefined).resume()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

test.each(STORE_NAMES)("the %s store reports a server that never answers as unreachable", async (name) => {
  const { endpoint, sockets } = await silent();
  const stores = openStores({ endpoint, region: "gra", credentials: DEFAULT_CREDENTIALS });
  const ended: number[] = [];
  await Promise.all(
    Object.entries(CALLS).map(async ([operation, [call, limitMs]]) => {
      const since = performance.now();
      const { kind } = await refusalOf(call(stores[name]));
      const waitedMs = performance.now() - since;
      ended.push(limitMs);
      // Neither is cut short.
      expect([operation, kind, waitedMs > limitMs - 20, waitedMs < MOST_MS]).toEqual([
        operation,
        "unreachable",
        true,
        true,
      ]);
    }),
  );
  // Copies are given longer than anything else.
  expect(ended).toEqual([ANSWER_MS, ANSWER_MS, ANSWER_MS, SLOW_ANSWER_MS, SLOW_ANSWER_MS]);
  stores.close();
  await expect.poll(() => [...sockets].filter(({ destroyed }) => !destroyed).length).toBe(0);
});
