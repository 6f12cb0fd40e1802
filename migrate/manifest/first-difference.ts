/** Where two JSON values first differ, in words; undefined where they do not. */
export function firstDifference(said: unknown, folded: unknown, path = ""): string | undefined {
  if (!isTable(said) || !isTable(folded)) {
    return Object.is(said, folded)
      ? undefined
      : `${path || "it"} is ${inWords(said)}, but should be ${inWords(folded)}`;
  }
  const keys = [...new Set([...Object.keys(folded), ...Object.keys(said)])];
  for (const key of keys) {
    const difference = firstDifference(said[key], folded[key], path === "" ? key : `${path}.${key}`);
    if (difference !== undefined) {
      return difference;
    }
  }
  return undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function inWords(value: unknown): string {
  return value === undefined ? "not there" : JSON.stringify(value).slice(0, 80);
}
