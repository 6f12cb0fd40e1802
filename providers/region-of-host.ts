import type { ProviderProfile } from "./profile.js";

/** The region that a host of this provider names, by its template; `undefined` where it names none. */
export function regionOfHost(profile: ProviderProfile, host: string): string | undefined {
  const { template } = profile.endpoint.value;
  if (template === null) return undefined;
  const [before = "", after = ""] = new URL(template.replace("{region}", "region")).hostname.split("region");
  return new RegExp(`(?:^|\\.)${literal(before)}([a-z0-9-]+)${literal(after)}$`).exec(host)?.[1];
}

function literal(text: string): string {
  return text.replaceAll(".", "\\.");
}
