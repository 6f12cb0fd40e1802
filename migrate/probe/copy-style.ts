import type { RequestHeaders } from "../store/object-store.js";
import type { StoreError } from "../store/store-error.js";
import { attempt } from "./attempt.js";
import type { ProbeSession } from "./probe-session.js";

export const SSE_HEADER: RequestHeaders = { "x-amz-server-side-encryption": "AES256" };
export const KEEPING: RequestHeaders = { ...SSE_HEADER, "x-amz-metadata-directive": "COPY" };
export const REPLACING: RequestHeaders = {
  ...SSE_HEADER,
  "x-amz-metadata-directive": "REPLACE",
  "content-type": "application/octet-stream",
  "x-amz-meta-bucketseal": "probe",
};

/** How this bucket's objects can be copied onto themselves at all, whatever they are encrypted with. */
export type CopyStyle =
  | { readonly kind: "keeping" | "replacing"; readonly headers: RequestHeaders }
  | { readonly kind: "refused"; readonly error: StoreError };

/** Tries on objects of its own, so that what a copy does to one is not taken for what it does to the next. */
export async function findCopyStyle({ store, put }: Pick<ProbeSession, "store" | "put">): Promise<CopyStyle> {
  const kept = await attempt(store.copyObject({ ...(await put("copy")), headers: KEEPING }));
  if (kept.kind === "accepted") return { kind: "keeping", headers: KEEPING };
  const replaced = await attempt(store.copyObject({ ...(await put("copy")), headers: REPLACING }));
  if (replaced.kind === "accepted") return { kind: "replacing", headers: REPLACING };
  return { kind: "refused", error: kept.error };
}
