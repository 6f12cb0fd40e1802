import type { ProviderProfile } from "../../providers/index.js";
import { defined } from "../defined.js";
import type { ObjectStorageProviderProps, StoreSettings } from "./store-settings.js";

/** The arguments of Terraform's AWS provider for a store. */
export function awsConfig(
  store: ProviderProfile,
  { url, region, pathStyle, standIn }: StoreSettings,
  props: ObjectStorageProviderProps,
  skips: boolean,
) {
  const ownAmazonEndpoint = store.id === "aws" && !standIn && props.endpoint === undefined;
  return {
    region,
    ...(ownAmazonEndpoint ? {} : { endpoints: [{ s3: url }] }),
    ...(pathStyle ? { s3UsePathStyle: true } : {}),
    ...(skips ? amazonOnlyChecksSkipped : {}),
    ...defined({
      profile: props.profile,
      accessKey: props.accessKey,
      secretKey: props.secretKey,
      alias: props.alias,
    }),
  };
}

// Each of these asks a service that only AWS has: STS, IAM, its list of regions, the metadata of an EC2 machine.
const amazonOnlyChecksSkipped = {
  skipCredentialsValidation: true,
  skipRequestingAccountId: true,
  skipRegionValidation: true,
  skipMetadataApiCheck: "true",
};
