/** A query string of the parameters that are there. */
export function objectQuery(parameters: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return present.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}
