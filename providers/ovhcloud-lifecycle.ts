import { documented, undocumented } from "./fact.js";
import { type LifecycleFacts, lifecycleFeatures } from "./lifecycle-facts.js";
import { ovhcloudRegions } from "./ovhcloud-regions.js";

const guides = "https://docs.ovhcloud.com/en/guides/storage-and-backup/object-storage";
const lifecycle = `${guides}/s3-bucket-lifecycle`;

const regionsOf = (kind: "one-zone" | "multi-zone") =>
  ovhcloudRegions.filter((region) => region.kind === kind).map(({ id }) => id);

/** A class that a region lacks is silently another one there (`GLACIER_IR` is Infrequent Access in 1-AZ regions): see s3-location of the same guides. */
export const ovhcloudLifecycle: LifecycleFacts = {
  features: lifecycleFeatures({
    source: lifecycle,
    supported: [
      "expiration",
      "expired-delete-markers",
      "noncurrent-expiration",
      "newer-noncurrent-versions",
      "abort-multipart-uploads",
      "transitions",
      "noncurrent-transitions",
      "tag-filters",
      "size-filters",
    ],
  }),
  transitionClasses: documented(
    [
      // Only High Performance is warmer, which 3-AZ regions lack.
      { name: "STANDARD", minDays: 1, minStayDays: 1, regions: regionsOf("one-zone") },
      { name: "STANDARD_IA", minDays: 1, minStayDays: 1 },
      { name: "GLACIER_IR", minDays: 1, minStayDays: 1, regions: regionsOf("multi-zone") },
      { name: "DEEP_ARCHIVE", minDays: 1, minStayDays: 1, regions: ["eu-west-par"] },
    ],
    lifecycle,
  ),
  transitionSizeReported: undocumented,
  readAsWritten: undocumented,
  whileSuspended: documented("unsupported", lifecycle),
};
