import { expect, test } from "vitest";
import { createTurnstile } from "../../../../migrate/store/pace/token-bucket.js";
import { fakeClock } from "../../fixtures/fake-clock.js";

/** One may pass every 100 ms; `passed` holds who did, and when. */
function onePer100Ms() {
  const clock = fakeClock();
  let freeAt = 0;
  const tryPass = () => {
    if (clock.now() < freeAt) return freeAt - clock.now();
    freeAt = clock.now() + 100;
    return 0;
  };
  const turnstile = createTurnstile(tryPass, clock);
  const passed: [string, number][] = [];
  const send = (name: string, signal?: AbortSignal) =>
    void turnstile.pass(signal).then(() => passed.push([name, clock.now()]));
  const open = () => {
    freeAt = 0;
    turnstile.wake();
  };
  return { clock, send, passed, open };
}

test("createTurnstile lets callers through one by one, in order of arrival", async () => {
  const { clock, send, passed } = onePer100Ms();
  for (const name of ["a", "b", "c"]) send(name);
  await clock.pass(150);
  send("d");
  await clock.pass(1000);
  expect(passed).toEqual([
    ["a", 0],
    ["b", 100],
    ["c", 200],
    ["d", 300],
  ]);
});

test("createTurnstile releases interrupted callers at once, and keeps the order of the others", async () => {
  const { clock, send, passed } = onePer100Ms();
  const interruption = new AbortController();
  send("a");
  send("b", interruption.signal);
  send("c");
  send("d", interruption.signal);
  await clock.pass(10);
  interruption.abort();
  send("e", interruption.signal);
  await clock.pass(1000);
  expect(passed).toEqual([
    ["a", 0],
    ["b", 10],
    ["d", 10],
    ["e", 10],
    ["c", 100],
  ]);
});

test("createTurnstile checks again when it is woken", async () => {
  const { clock, send, passed, open } = onePer100Ms();
  for (const name of ["a", "b", "c"]) send(name);
  await clock.pass(10);
  open();
  await clock.pass(1000);
  expect(passed).toEqual([
    ["a", 0],
    ["b", 10],
    ["c", 110],
  ]);
});
