/**
 * @module
 * A preload (`node --import`) under which the wall clock jumps by up to a day, forward and back, at every reading.
 */
const { now } = Date;
let state = 1;

/** A day or less, either way, from a small generator: the program's own draws stay as they are. */
function jump() {
  state = (state * 48_271) % 2_147_483_647;
  return Math.round((state / 2_147_483_647 - 0.5) * 2 * 86_400_000);
}

const jumped = () => now() + jump();
Date.now = jumped;
globalThis.Date = new Proxy(Date, {
  construct: (date, given, made) => Reflect.construct(date, given.length === 0 ? [jumped()] : given, made),
  apply: (date) => new date(jumped()).toString(),
});
