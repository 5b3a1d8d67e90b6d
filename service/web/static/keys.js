// Keyboard: "/" finds, j k move in the table, Enter opens, x chooses.

const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

function rows() {
  return [...document.querySelectorAll("table[data-keys] > tbody > tr")].filter((row) => row.offsetParent);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (at >= 0) leave(all[at]);
  next.classList.add("at");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "nearest" });
}

function leave(row) {
  row.classList.remove("at");
  row.removeAttribute("aria-current");
}

function open(row) {
  row.querySelector("a[href]")?.click();
}

function choose(row) {
  const box = row.querySelector(".pick input");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function countChosen() {
  for (const said of document.querySelectorAll("[data-chosen-of]")) {
    const chosen = document.querySelectorAll(`#${said.dataset.chosenOf} .pick input:checked`).length;
    if (chosen) said.textContent = `${chosen} chosen`;
    else said.replaceChildren("choose rows with ", Object.assign(document.createElement("kbd"), { textContent: "x" }));
  }
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => withRow(choose),
  Enter: () => withRow(open),
  "/": () => {
    const field = document.getElementById("find");
    field?.focus();
    field?.select();
  },
};

function withRow(act) {
  const row = document.querySelector("tr.at");
  if (row) act(row);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  if (document.querySelector("[data-scan]")) return; // a wedge types here
  if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
  const act = KEYS[event.key];
  if (!act) return;
  if (event.key === "/" || event.key === "j" || event.key === "k") event.preventDefault();
  act();
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.(".pick input")) countChosen();
});
