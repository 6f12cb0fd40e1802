import { z } from "zod";

/** The name of what a file or a line is written in. Any other is told together with what to do. */
export function knownSchema<const T extends string>(name: T) {
  return z.literal(name, {
    error: ({ input }) =>
      input === undefined
        ? `it is missing, and should be "${name}"`
        : `${JSON.stringify(input)} is not known to this version, which reads "${name}": use the version of bucketseal that wrote it`,
  });
}
