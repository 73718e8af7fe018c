// The browser's half of a followed run. The pulse brings the state of every part; a part that was drawn at
// another state asks to be drawn again, alone. An answer may be late, so it asks again after a while.

const ASK_AGAIN_MS = 1500;
const parts = new Map();
let latest = { run: "", states: {} };

export default function ({ data: sent, setTriggerValue }) {
  const data = JSON.parse(sent.json);
  if (data.states) {
    latest = data;
    for (const part of parts.values()) look(part);
    return;
  }
  const asked = parts.get(data.part)?.asked;
  const part = { ...data, ask: (state) => setTriggerValue("changed", state), asked };
  parts.set(data.part, part);
  look(part);
  return () => parts.get(data.part) === part && parts.delete(data.part);
}

function look(part) {
  const now = latest.run === part.run ? latest.states[part.part] : undefined;
  if (now === undefined || now === part.state) return;
  if (part.asked?.state === now && performance.now() - part.asked.at < ASK_AGAIN_MS) return;
  part.asked = { state: now, at: performance.now() };
  part.ask(now);
}
