import type { S3Client } from "@aws-sdk/client-s3";
import type { ServerClock } from "../server-clock.js";

/** The clock that the SDK's client signs by and sets by every answer: whoever shares it need not find out for themselves. */
export function clientClock({ config }: S3Client): ServerClock {
  return {
    now: () => new Date(Date.now() + config.systemClockOffset),
    set: (time) => {
      const serverMs = Date.parse(time);
      if (!Number.isNaN(serverMs)) config.systemClockOffset = serverMs - Date.now();
    },
  };
}
