import { LONG } from "./length.js";

/** One line of what a long run came to, for whoever writes it down; other runs print none. */
export function tellFigures(of: string, figures: Readonly<Record<string, number>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
  if (LONG) process.stdout.write(`figures of ${of}: ${words.join(", ")}\n`);
}
