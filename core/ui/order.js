// Names in an order that is the person's: dragged by their handle, or moved by the arrow keys; each can be left out.
// Nothing is sent while a name is dragged; what is let go in its old place sends nothing.

const instances = new WeakMap();

export default function ({ data: sent, parentElement, setTriggerValue }) {
  let order = instances.get(parentElement);
  if (!order) instances.set(parentElement, (order = new Order(parentElement.querySelector(".ord"))));
  order.update(JSON.parse(sent.json), (names) => setTriggerValue("order", JSON.stringify(names)));
  return () => instances.delete(parentElement);
}

class Order {
  constructor(root) {
    this.list = root.querySelector("ol");
    this.said = root.querySelector("output");
  }

  update({ names, out }, send) {
    this.send = send;
    const shown = JSON.stringify([names, out]);
    if (shown === this.shown) return;
    this.shown = shown;
    const held = this.list.getRootNode().activeElement?.closest("li")?.dataset;
    const focused = held && { name: held.name, of: this.list.getRootNode().activeElement.className };
    this.list.replaceChildren(...names.map((name) => this.row(name, false)), ...out.map((name) => this.row(name, true)));
    this.number();
    if (focused) this.rows().find((row) => row.dataset.name === focused.name)?.querySelector(`.${focused.of}`)?.focus();
  }

  rows() {
    return [...this.list.children];
  }

  kept() {
    return this.rows().filter((row) => !row.classList.contains("out"));
  }

  row(name, out) {
    const row = document.createElement("li");
    row.dataset.name = name;
    row.classList.toggle("out", out);
    row.innerHTML =
      '<button class="grip" type="button"><i aria-hidden="true"></i></button><b></b><span></span>' +
      '<button class="leave" type="button"></button>';
    row.querySelector("span").textContent = name;
    this.wire(row, row.querySelector(".grip"), row.querySelector(".leave"));
    return row;
  }

  number() {
    const kept = this.kept();
    for (const row of this.rows()) {
      const { name } = row.dataset;
      const at = kept.indexOf(row) + 1;
      const [grip, leave] = [row.querySelector(".grip"), row.querySelector(".leave")];
      row.querySelector("b").textContent = at || "–";
      grip.hidden = !at;
      grip.setAttribute("aria-label", `Move ${name}, step ${at} of ${kept.length}`);
      grip.title = "Drag, or press the arrow keys";
      leave.textContent = at ? "Leave out" : "Put back";
      leave.setAttribute("aria-label", `${leave.textContent}: ${name}`);
    }
  }

  wire(row, grip, leave) {
    let began = null;
    grip.onpointerdown = (event) => {
      grip.focus();
      if (event.isTrusted) grip.setPointerCapture(event.pointerId);
      began = this.names();
      row.classList.add("held");
    };
    const follow = (clientY) => {
      const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
      const beside = (step) => {
        const kept = this.kept();
        return kept[kept.indexOf(row) + step];
      };
      // The others give way: a row that is moved itself loses the pointer. One move may pass several of them.
      for (let other; (other = beside(-1)) && clientY < middle(other); ) row.after(other);
      for (let other; (other = beside(1)) && clientY > middle(other); ) row.before(other);
      this.number();
    };
    grip.onpointermove = ({ clientY }) => began && follow(clientY);
    const end = (event) => {
      row.classList.remove("held");
      if (!began) return;
      const before = began;
      began = null;
      if (event.type === "pointerup") follow(event.clientY);
      if (event.type === "pointercancel") this.list.append(...before.map((name) => this.of(name)), ...this.left());
      this.moved(row, before);
    };
    grip.onpointerup = grip.onpointercancel = end;
    grip.onkeydown = (event) => {
      const kept = this.kept();
      const at = kept.indexOf(row);
      const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: kept.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (to === at || !kept[to]) return;
      const before = this.names();
      if (to < at) kept[to].before(row);
      else kept[to].after(row);
      grip.focus();
      this.moved(row, before);
    };
    leave.onclick = () => {
      const before = this.names();
      row.classList.toggle("out");
      if (row.classList.contains("out")) this.list.append(row);
      else (this.kept().at(-2) ?? row).after(row);
      leave.focus();
      this.moved(row, before);
    };
  }

  of(name) {
    return this.rows().find((row) => row.dataset.name === name);
  }

  left() {
    return this.rows().filter((row) => row.classList.contains("out"));
  }

  names() {
    return this.kept().map((row) => row.dataset.name);
  }

  moved(row, before) {
    this.number();
    const names = this.names();
    if (JSON.stringify(names) === JSON.stringify(before)) return;
    const at = names.indexOf(row.dataset.name) + 1;
    this.said.textContent = at ? `${row.dataset.name} is step ${at} of ${names.length}.` : `${row.dataset.name} is left out.`;
    this.shown = JSON.stringify([names, this.left().map((one) => one.dataset.name)]);
    this.send(names);
  }
}
