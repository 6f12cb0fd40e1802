import type { SandboxUser } from "../options.js";

/** Who sends a request without a signature: may do what an access control list or a policy lets everybody do. */
export const ANONYMOUS: SandboxUser = {
  accessKeyId: "",
  secretAccessKey: "",
  ownerId: "65a011a29cdf8ec533ec3d1ccaae921c",
};
