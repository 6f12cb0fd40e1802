import { kmsKeys } from "./kms-key.js";
import { ownership } from "./ownership.js";
import { policy } from "./policy.js";
import type { PropertyChange } from "./property-change.js";
import { publicAccess } from "./public-access.js";
import { versioning } from "./versioning.js";

/** What OVHcloud has, and every store. */
export const onOvhcloud: readonly PropertyChange[] = [versioning];

export const onAws: readonly PropertyChange[] = [...onOvhcloud, policy, publicAccess, ownership, kmsKeys];
