import { documented, undocumented } from "./fact.js";
import { type LifecycleFacts, lifecycleFeatures } from "./lifecycle-facts.js";

const userGuide = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";
const api = "https://docs.aws.amazon.com/AmazonS3/latest/API";

export const awsLifecycle: LifecycleFacts = {
  features: lifecycleFeatures({
    source: `${userGuide}/intro-lifecycle-rules.html`,
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
      { name: "STANDARD_IA", minDays: 30, minStayDays: 30 },
      { name: "INTELLIGENT_TIERING", minDays: 0, minStayDays: 1 },
      { name: "ONEZONE_IA", minDays: 30, minStayDays: 30 },
      { name: "GLACIER_IR", minDays: 0, minStayDays: 1 },
      { name: "GLACIER", minDays: 0, minStayDays: 1 },
      { name: "DEEP_ARCHIVE", minDays: 0, minStayDays: 1 },
    ],
    `${userGuide}/lifecycle-transition-general-considerations.html`,
  ),
  transitionSizeReported: documented("supported", `${api}/API_GetBucketLifecycleConfiguration.html`),
  readAsWritten: undocumented,
  whileSuspended: documented("supported", `${userGuide}/intro-lifecycle-rules.html`),
};
