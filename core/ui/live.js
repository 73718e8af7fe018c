// The browser's half of a followed run. The pulse brings the state of every part; a part that was drawn at
// another state asks to be drawn again, alone, once it is on the screen or near it. An answer may be late, so it
// asks again after a while.

const ASK_AGAIN_MS = 1500;
const shared = (window.gainstageLive ??= { parts: new Map(), latest: { run: "", states: {} }, look: () => {} });

export default function ({ data: sent, parentElement, setTriggerValue }) {
  const data = JSON.parse(sent.json);
  const ask = (state) => setTriggerValue("changed", state);
  const part = { ...data, parentElement, ask, asked: shared.parts.get(data.part)?.asked };
  shared.parts.set(data.part, part);
  shared.look = () => shared.parts.forEach(look);
  if (!shared.listens) {
    shared.listens = true;
    window.addEventListener("gainstage-pulse", ({ detail }) => {
      shared.latest = JSON.parse(detail);
      shared.look();
    });
    window.addEventListener("scroll", () => shared.look(), { capture: true, passive: true });
  }
  look(part);
  return () => shared.parts.get(data.part) === part && shared.parts.delete(data.part);
}

function look(part) {
  const now = shared.latest.run === part.run ? shared.latest.states[part.part] : undefined;
  if (now === undefined || now === part.state || !near(part)) return;
  if (part.asked?.state === now && performance.now() - part.asked.at < ASK_AGAIN_MS) return;
  part.asked = { state: now, at: performance.now() };
  part.ask(now);
}

// The part's own element is not displayed; what stands after it, outside its wrappers, is the part.
function near({ parentElement }) {
  let element = (parentElement.host ?? parentElement).closest("[class*=st-key-live_]");
  while (element && !element.nextElementSibling) element = element.parentElement;
  const box = element?.nextElementSibling.getBoundingClientRect();
  return !box || !box.height || (box.top < 1.25 * innerHeight && box.bottom > -0.25 * innerHeight);
}
