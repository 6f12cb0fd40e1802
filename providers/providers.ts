import { aws } from "./aws.js";
import { backblazeB2 } from "./backblaze-b2.js";
import { cephRgw } from "./ceph-rgw.js";
import { cloudflareR2 } from "./cloudflare-r2.js";
import { generic } from "./generic.js";
import { minio } from "./minio.js";
import { ovhcloud } from "./ovhcloud.js";
import type { ProviderId, ProviderProfile } from "./profile.js";
import { scaleway } from "./scaleway.js";
import { wasabi } from "./wasabi.js";

/** Every profile by its id. */
export const providers: Readonly<Record<ProviderId, ProviderProfile>> = {
  ovhcloud,
  aws,
  scaleway,
  "ceph-rgw": cephRgw,
  minio,
  "cloudflare-r2": cloudflareR2,
  wasabi,
  "backblaze-b2": backblazeB2,
  generic,
};
