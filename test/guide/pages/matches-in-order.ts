/** Those of the lines that a page shows which do not stand in the output, after the ones before them; `...` stands for anything. */
export function matchesInOrder(output: string, shown: readonly string[]): readonly string[] {
  const lines = output.split("\n").map(withSingleSpaces);
  let from = 0;
  return shown.filter((line) => {
    const pattern = new RegExp(withSingleSpaces(line).split("...").map(escaped).join(".*"));
    const found = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    if (found === -1) return true;
    from = found + 1;
    return false;
  });
}

function withSingleSpaces(line: string): string {
  return line.trim().replaceAll(/\s+/g, " ");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
