// The browser's half of a followed run. The pulse brings the state of every part; a part that was drawn at
// another state asks to be drawn again, alone, once it is on the screen or near it. One asks at a time: of two that
// ask at once the server may hear one. An answer may be late or lost, so a part asks again after a while.

const ASK_AGAIN_MS = 1500;
const BETWEEN_MS = 250;
const shared = (window.gainstageLive ??= { parts: new Map(), latest: { run: "", states: {} }, askedAt: 0, look: () => {} });

export default function ({ data: sent, parentElement, setTriggerValue }) {
  const data = JSON.parse(sent.json);
  const ask = (state) => setTriggerValue("changed", state);
  const part = { ...data, parentElement, ask, asked: shared.parts.get(data.part)?.asked };
  shared.parts.set(data.part, part);
  shared.look = look;
  if (!shared.listens) {
    shared.listens = true;
    window.addEventListener("gainstage-pulse", ({ detail }) => {
      shared.latest = JSON.parse(detail);
      shared.look();
    });
    window.setInterval(() => shared.look(), BETWEEN_MS);
  }
  look();
  return () => shared.parts.get(data.part) === part && shared.parts.delete(data.part);
}

function look() {
  const now = performance.now();
  if (now - shared.askedAt < BETWEEN_MS) return;
  const longestAgo = (a, b) => (a.asked?.at ?? 0) - (b.asked?.at ?? 0);
  const next = [...shared.parts.values()].filter((part) => isDue(part, now)).sort(longestAgo)[0];
  if (!next) return;
  shared.askedAt = now;
  next.asked = { state: stateOf(next), at: now };
  next.ask(next.asked.state);
}

function stateOf(part) {
  return shared.latest.run === part.run ? shared.latest.states[part.part] : undefined;
}

function isDue(part, now) {
  const state = stateOf(part);
  if (state === undefined || state === part.state || !(part.floats || near(part))) return false;
  return part.asked?.state !== state || now - part.asked.at >= ASK_AGAIN_MS;
}

// The part's own element is not displayed; what stands after it, outside its wrappers, is the part.
function near({ parentElement }) {
  let element = (parentElement.host ?? parentElement).closest("[class*=st-key-live_]");
  while (element && !element.nextElementSibling) element = element.parentElement;
  const box = element?.nextElementSibling.getBoundingClientRect();
  return !box || !box.height || (box.top < 1.25 * innerHeight && box.bottom > -0.25 * innerHeight);
}
