import { test } from "vitest";
import { leanStore } from "../../migrate/store/lean/lean-store.js";
import type { ObjectStore } from "../../migrate/store/object-store.js";
import { clientClock } from "../../migrate/store/sdk/credential-chain.js";
import { openClient, sdkStore } from "../../migrate/store/sdk/open-client.js";
import { StoreError } from "../../migrate/store/store-error.js";
import { createBucket, type RawS3, type Server } from "../buckets/raw-s3.js";

interface PortTarget {
  readonly store: ObjectStore;
  readonly raw: RawS3;
  /** Made for this test alone. */
  readonly bucket: string;
}

/** The suite's `test`: a title, and what to do with a store and a bucket of its own. */
export type CheckPort = (title: string, run: (target: PortTarget) => Promise<void>) => void;

interface OpenTarget {
  readonly store: ObjectStore;
  readonly raw: RawS3;
}

let made = 0;

/** `differences` names the tests to leave out, each with its reason, which is shown. */
export function checkOn(open: () => OpenTarget, differences: Readonly<Record<string, string>>): CheckPort {
  return (title, run) => {
    const reason = differences[title];
    if (reason !== undefined) {
      test.skip(`${title} [differs: ${reason}]`, () => undefined);
      return;
    }
    test(title, async () => {
      made += 1;
      const bucket = `bucketseal-port-${process.pid}-${Date.now().toString(36)}-${made}`;
      await createBucket(open().raw, bucket);
      await run({ ...open(), bucket });
    });
  };
}

/** The error that a call of the port rejected with; throws if it did not reject, or rejected with another one. */
export async function refusalOf(call: Promise<unknown>): Promise<StoreError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw new Error("the port rejected with something else than a StoreError", { cause: error });
  }
  throw new Error("the call was expected to be refused, and was not");
}

export interface Stores {
  readonly sdk: ObjectStore;
  readonly lean: ObjectStore;
  close(): void;
}

export type StoreName = keyof Omit<Stores, "close">;
export const STORE_NAMES: readonly StoreName[] = ["sdk", "lean"];

/** Every implementation of the port, on one server. */
export function openStores({ endpoint, region, credentials: given }: Server): Stores {
  const { accessKeyId, secretAccessKey } = given;
  const credentials = { accessKeyId, secretAccessKey };
  const where = { endpoint, region, pathStyle: true, maxSockets: 8 };
  const client = openClient({ ...where, checksums: "WHEN_REQUIRED", credentials });
  const sdk = sdkStore(client);
  const lean = leanStore(sdk, { ...where, credentials: async () => credentials, clock: clientClock(client) });
  const close = () => {
    lean.close();
    client.destroy();
  };
  return { sdk, lean, close };
}
