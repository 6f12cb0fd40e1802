import { leanStore } from "../../migrate/store/lean/lean-store.js";
import type { ObjectStore } from "../../migrate/store/object-store.js";
import { clientClock } from "../../migrate/store/sdk/credential-chain.js";
import { openClient } from "../../migrate/store/sdk/open-client.js";
import { sdkStore } from "../../migrate/store/sdk/sdk-store.js";
import type { Server } from "../buckets/raw-s3.js";

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
