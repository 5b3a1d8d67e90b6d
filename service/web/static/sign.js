// Signature pads: strokes of a finger, pen or mouse become SVG path data in the box 0 0 600 168 (whole numbers, M and L only).

const WIDTH = 600;
const HEIGHT = 168;
const NEAR = 3; // user units; closer points add bytes, not shape

function place(event, glass) {
  const box = glass.getBoundingClientRect();
  const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
  const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
  return [Math.min(Math.max(x, 0), WIDTH), Math.min(Math.max(y, 0), HEIGHT)];
}

function pad(field) {
  const shell = field.querySelector(".pad");
  const glass = field.querySelector(".glass");
  const stroke = glass.querySelector(".stroke");
  const kept = field.querySelector(`input[type="hidden"]`);
  let last = null;

  const draw = (path) => {
    stroke.setAttribute("d", path);
    kept.value = path;
  };
  glass.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    glass.setPointerCapture(event.pointerId);
    last = place(event, glass);
    draw(`${kept.value}M${last[0]} ${last[1]}L${last[0]} ${last[1]}`);
  });
  glass.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = place(each, glass);
      if (Math.hypot(x - last[0], y - last[1]) < NEAR) continue;
      last = [x, y];
      kept.value += `L${x} ${y}`;
    }
    stroke.setAttribute("d", kept.value);
  });
  for (const end of ["pointerup", "pointercancel"]) glass.addEventListener(end, () => { last = null; });
  field.querySelector("[data-clear]").addEventListener("click", () => draw(""));
  shell.hidden = false;
}

for (const field of document.querySelectorAll("[data-sign]")) pad(field);
