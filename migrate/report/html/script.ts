import type { Language } from "../language.js";

/**
 * Search, filters and sorting of the exceptions. It only moves and hides rows, so the page is complete
 * without it.
 */
const SCRIPT = `
"use strict";
(() => {
  const table = document.getElementById("exceptions-table");
  if (!table) return;
  const PAGE = 200;
  const body = table.tBodies[0];
  const form = document.getElementById("filters");
  const matching = document.getElementById("matching");
  const more = document.getElementById("more");
  const rows = Array.from(body.rows, (row, order) => ({ row, order, text: row.textContent.toLowerCase() }));
  const count = (number) => String(number).replace(/\\B(?=(\\d{3})+$)/g, "{separator}");
  let limit = PAGE;

  function update() {
    const words = form.elements.search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const wanted = ["outcome", "reason", "bucket"].filter((name) => form.elements[name].value !== "");
    let found = 0;
    for (const { row, text } of rows) {
      const fits = wanted.every((name) => row.dataset[name] === form.elements[name].value) && words.every((word) => text.includes(word));
      found += fits ? 1 : 0;
      row.hidden = !fits || found > limit;
    }
    const shown = Math.min(found, limit);
    matching.textContent = count(found) + "{of}" + count(rows.length) + "{match}" + (shown < found ? "{first}" + count(shown) + "{shown}" : "");
    more.hidden = shown === found;
  }

  function sortBy(heading) {
    const name = heading.dataset.sort;
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const value = ({ row }) => (name === "size" ? Number(row.dataset.size) : row.cells[heading.cellIndex].textContent.toLowerCase());
    const keyed = rows.map((entry) => ({ entry, value: value(entry) }));
    const sign = descending ? -1 : 1;
    keyed.sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : a.entry.order - b.entry.order));
    rows.splice(0, rows.length, ...keyed.map(({ entry }) => entry));
    body.append(...rows.map(({ row }) => row));
    update();
  }

  for (const heading of table.tHead.querySelectorAll("[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(heading));
  }
  const changed = () => { limit = PAGE; update(); };
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(changed));
  more.firstElementChild.addEventListener("click", () => { limit += 1000; update(); });
  table.classList.remove("unscripted");
  form.hidden = false;
  matching.hidden = false;
  update();
})();
`;

export function scriptOf({ say, count }: Language): string {
  const words: Readonly<Record<string, string>> = {
    separator: count(1000).slice(1, -3),
    of: say(" of "),
    match: say(" rows match"),
    first: say("; the first "),
    shown: say(" are shown"),
  };
  return SCRIPT.replace(/"\{(\w+)\}"/g, (_, name: string) => JSON.stringify(words[name]));
}
