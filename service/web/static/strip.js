// The lens over a large library: arrow keys and clicks move it; the server draws what is under it.

function strip() {
  return document.getElementById("strip");
}

function look(slot) {
  const section = strip();
  htmx.ajax("GET", section.dataset.strip + Math.max(1, slot), { target: "#strip", swap: "outerHTML" });
}

function step(event) {
  const section = strip();
  if (!section || !event.target.closest?.("#strip .scroll") || event.target.closest("a.slot")) return;
  const width = Number(section.dataset.step);
  const moves = { ArrowRight: width, ArrowLeft: -width, PageDown: 1000, PageUp: -1000 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  look(Number(section.dataset.first) + moves[event.key]);
}

function point(event) {
  const link = event.target.closest?.("#strip svg a");
  if (!link) return;
  event.preventDefault();
  const at = new URL(link.href.baseVal ?? link.getAttribute("href"), location.href).searchParams.get("at");
  if (at) look(Number(at));
  else location.assign(link.href.baseVal);
}

document.addEventListener("keydown", step);
document.addEventListener("click", point);
// A swap loses the focus; the keyboard must stay where it was.
document.addEventListener("htmx:after:swap", () => strip()?.querySelector(".scroll")?.focus({ preventScroll: true }));
