// The scan page. One field that never loses focus, a queue that loses nothing, one band for the answer.
//
// Each scan becomes {client_id, barcode, task, scanned_at} in this device's storage before anything else happens, and
// leaves it only when the server has answered for it. They are sent one at a time, in the order they were scanned, with
// the client_id as Idempotency-Key: a scan sent twice is recorded once.

const page = document.querySelector("main[data-scan]");
const field = document.getElementById("scan");
const form = field.form;
const csrf = document.querySelector("meta[name=csrf]").content;
const KEPT = `strongroom-scans:${page.dataset.person}`;
const QUIET = "strongroom-scan-quiet";
const STILL = "strongroom-scan-still";
const ANSWER_MS = 8000;
const RETRY_MS = [500, 1000, 2000, 4000]; // a person stands there; four seconds is the longest a returned network goes unnoticed
const SHOWN = 200;
const COMMAND = /^SR-[A-Z]+$/;
const IDENTIFIER = /\b(?:[A-Z]{1,4}-\d[\d-]*|[A-Z]{2,4}\d{3,4}[A-Z0-9]{2})\b/g;
const RETRIED = new Set([408, 425, 429, 502, 503, 504]);
const GLYPHS = { neutral: "rest", blue: "go", green: "ok", amber: "ask", red: "stop" };
const TONES = { right: "green", wrong: "red", warn: "amber", repeat: "blue", command: "blue" };
const SOUNDS = { // [hertz, from s, for s]
  green: { wave: "sine", notes: [[880, 0, 0.07], [1319, 0.07, 0.11]] },
  red: { wave: "square", notes: [[175, 0, 0.22], [175, 0.28, 0.34]] },
  amber: { wave: "triangle", notes: [[523, 0, 0.12], [523, 0.18, 0.12]] },
  blue: { wave: "sine", notes: [[660, 0, 0.09]] },
};
const BUZZES = { green: [40], red: [200, 80, 200], amber: [90, 60, 90], blue: [30] };

const byId = (id) => document.getElementById(id);

// --- the queue -------------------------------------------------------------------------------------------------

const memory = { scans: [] }; // where a browser refuses storage, the queue still works until the page is left

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  } catch {
    return memory.scans;
  }
}

function keep(scans) {
  memory.scans = scans;
  try {
    if (scans.length) localStorage.setItem(KEPT, JSON.stringify(scans));
    else localStorage.removeItem(KEPT);
  } catch {
    // private windows may refuse; memory holds them
  }
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http on a local network has no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function accept(text) {
  const barcode = text.trim().toUpperCase();
  if (!barcode) return;
  const scan = { client_id: uuid(), barcode, task: page.dataset.task, scanned_at: new Date().toISOString() };
  keep([...kept(), scan]);
  wake();
  if (retry) judgeHere(scan);
  drawOffline();
  drain();
}

// --- sending, in order -----------------------------------------------------------------------------------------

let draining = false;
let retry = 0;
let timer = 0;
let offlineSince = null;

async function drain() {
  if (draining) return;
  draining = true;
  clearTimeout(timer);
  try {
    await exclusively(async () => {
      for (let scans = kept(); scans.length; scans = kept()) {
        if (!(await send(scans[0]))) return;
      }
    });
  } finally {
    draining = false;
  }
  drawOffline();
}

// Two tabs of one person share the queue; only one of them sends.
function exclusively(work) {
  return navigator.locks ? navigator.locks.request(KEPT, work) : work();
}

// A container or a seal scanned before this one changes what this one is for, so the task is settled when it is sent:
// once, because a repeat under the same key must be the same request.
function settled(scan) {
  if (scan.settled) return scan;
  const now = page.dataset.task;
  const fixed = { ...scan, settled: true, task: base(scan.task) === base(now) ? now : scan.task };
  keep(kept().map((each) => (each.client_id === scan.client_id ? fixed : each)));
  return fixed;
}

const base = (task) => task.split(":").slice(0, 2).join(":");

async function send(waiting) {
  const { settled: _, ...scan } = settled(waiting);
  let response;
  try {
    response = await fetch(page.dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": scan.client_id },
      body: JSON.stringify(scan),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    return later();
  }
  if (RETRIED.has(response.status)) return later();
  if (response.status === 401) return signedOut();
  const answer = await response.json().catch(() => null);
  if (response.ok && answer === null) return later(); // cut off in the middle: the same key asks again
  answered();
  const next = response.ok ? answer.task : undefined;
  keep(kept().filter((each) => each.client_id !== scan.client_id).map((each) => follow(each, scan.task, next)));
  draw(response.ok ? answer : refused(scan, response.status, answer));
  return true;
}

// A container's code can change what the next scans are for; those scanned before the answer came follow it.
function follow(scan, from, to) {
  return to !== undefined && scan.task === from ? { ...scan, task: to } : scan;
}

function later() {
  timer = setTimeout(drain, RETRY_MS[Math.min(retry++, RETRY_MS.length - 1)]);
  if (retry === 1) for (const waiting of kept()) judgeHere(waiting);
  offlineSince ??= new Date();
  return false;
}

function answered() {
  retry = 0;
  offlineSince = null;
  for (const waiting of document.querySelectorAll(".waits")) waiting.remove();
  drawOffline();
}

function signedOut() {
  show("amber", "Sign in again", kept()[0].barcode, "Your scans wait on this device", "They are sent, in order, as soon as you are signed in.");
  const link = Object.assign(document.createElement("a"), { href: "/sign-in?then=" + encodeURIComponent(location.pathname + location.search), textContent: "Sign in" });
  byId("band-more").append(" ", link);
  return false;
}

function refused(scan, status, problem) {
  return {
    outcome: "wrong", tone: "red", word: status >= 500 ? "Not recorded" : "Stop", barcode: scan.barcode,
    sentence: problem?.detail ?? problem?.title ?? "The server refused this scan",
    detail: problem?.next_step ?? (status >= 500 ? "Nothing was recorded. Scan it again." : "Nothing was recorded."),
  };
}

// --- without network: the list on this page decides for the moment ---------------------------------------------

function judgeHere(scan) {
  const left = row("left", scan.barcode);
  const asOf = page.dataset.asOf ? `Checked against the list as of ${page.dataset.asOf}.` : "It is looked up when the network is back.";
  if (COMMAND.test(scan.barcode)) {
    show("amber", "Waits", scan.barcode, "Commands need the network", "It is sent after the scans before it.");
  } else if (left) {
    const total = count("left-count") + count("done-count");
    moveToDone(left, scan);
    show("green", "Right, on this device", scan.barcode, byId("expects").textContent || "On the list", `${asOf} ${count("done-count")} of ${total}.`);
  } else if (row("done", scan.barcode)) {
    show("blue", "Again", scan.barcode, "Already scanned", asOf);
  } else if (page.dataset.task) {
    show("red", "Stop", scan.barcode, "Not on the list on this device", `${asOf} Put it aside; the server decides when the network is back.`);
  } else {
    show("amber", "Waits", scan.barcode, "Kept on this device", asOf);
  }
}

function settle(moved) {
  row("left", moved.barcode)?.remove();
  row("done", moved.barcode)?.remove(); // the place-holder of a scan that waited offline
  byId("done")?.prepend(doneItem(moved));
  while (byId("done")?.children.length > SHOWN) byId("done").lastElementChild.remove();
}

function moveToDone(item, scan) {
  item.remove();
  setCount("left-count", count("left-count") - 1);
  setCount("done-count", count("done-count") + 1);
  const fresh = doneItem({ barcode: scan.barcode, at: scan.scanned_at, undo_href: null });
  const waits = Object.assign(document.createElement("span"), { className: "bare amber small place waits" });
  waits.append(glyph("ask"), "waits to be sent");
  fresh.append(waits);
  highlight(fresh);
  byId("done")?.prepend(fresh);
}

function drawOffline() {
  const waiting = kept().length;
  byId("offline").hidden = !offlineSince;
  if (!offlineSince) return;
  byId("offline-since").textContent = `Offline since ${clock(offlineSince, false)}`;
  byId("offline-count").textContent = `${waiting} ${waiting === 1 ? "scan waits" : "scans wait"} on this device`;
}

// --- the answer ------------------------------------------------------------------------------------------------

function draw(answer) {
  const tone = answer.tone ?? TONES[answer.outcome] ?? "neutral";
  show(tone, answer.word, answer.barcode, answer.sentence, answer.detail ?? "");
  if (answer.link) byId("band-more").append(" ", Object.assign(document.createElement("a"), { href: answer.link.href, textContent: answer.link.label }));
  if (answer.href) return location.assign(answer.href);
  if (answer.task !== undefined) changeTask(answer);
  if (answer.left) fill("left", answer.left.map(leftItem));
  if (answer.done) fill("done", answer.done.map(doneItem));
  if (answer.moved) moved(answer.moved);
  if (answer.unmoved) unmoved(answer.unmoved);
  if (answer.counts) {
    setCount("left-count", answer.counts.left);
    setCount("done-count", answer.counts.done);
  }
  if (answer.outcome === "right") highlight(row("done", answer.barcode));
  if (answer.outcome === "wrong") setAside();
  for (const command of [answer.next, ...(answer.commands ?? [])]) if (command) drawCommand(command);
}

function changeTask(answer) {
  page.dataset.task = answer.task;
  form.elements.task.value = answer.task;
  history.replaceState(null, "", "/scan?task=" + encodeURIComponent(answer.task));
  if (answer.about) byId("about").replaceChildren(" · ", ...marked(answer.about, true));
  byId("expects").textContent = answer.expects ?? answer.sentence;
}

function moved(entry) {
  row("left", entry.barcode)?.remove();
  row("done", entry.barcode)?.remove(); // drawn already while there was no network
  byId("done")?.prepend(doneItem(entry));
}

function unmoved(barcode) {
  row("done", barcode)?.remove();
  if (!row("left", barcode)) byId("left")?.prepend(leftItem({ barcode }));
}

function show(tone, word, barcode, sentence, detail) {
  const band = byId("band");
  band.className = `band ${tone}`;
  byId("band-word").textContent = word;
  byId("band-big").textContent = barcode;
  byId("band-big").dataset.length = Math.min(barcode.length, 24);
  byId("band-say").replaceChildren(...marked(sentence));
  byId("band-more").replaceChildren(...marked(detail));
  byId("band-sign").setAttribute("href", `#g-${GLYPHS[tone]}`);
  void band.offsetWidth; // restarts the flash, so that two equal answers are seen as two
  band.classList.add("fresh");
  sound(tone);
  if (!off(STILL)) navigator.vibrate?.(BUZZES[tone] ?? [30]);
}

// Identifiers in the monospaced face; in a line that stays they lead to what they name.
function marked(text, linked = false) {
  const parts = [];
  let at = 0;
  for (const found of (text ?? "").matchAll(IDENTIFIER)) {
    const href = linked ? { href: "/search?q=" + encodeURIComponent(found[0]) } : {};
    parts.push(text.slice(at, found.index), Object.assign(document.createElement(linked ? "a" : "span"), { className: "id", textContent: found[0], ...href }));
    at = found.index + found[0].length;
  }
  return [...parts, (text ?? "").slice(at)];
}

function item(barcode) {
  const line = document.createElement("li");
  line.dataset.barcode = barcode;
  const link = Object.assign(document.createElement("a"), { className: "bc", href: "/search?q=" + encodeURIComponent(barcode) });
  const parts = /^([A-Z]+)(\d[A-Z\d]*?)([A-Z][A-Z\d])$/.exec(barcode) ?? [null, "", barcode, ""];
  link.append(parts[1], Object.assign(document.createElement("b"), { textContent: parts[2] }), parts[3]);
  line.append(link);
  return line;
}

function doneItem(entry) {
  const line = item(entry.barcode);
  const moment = new Date(entry.at);
  const time = Object.assign(document.createElement("time"), { dateTime: entry.at, textContent: clock(moment, true), title: moment.toISOString() });
  const shell = Object.assign(document.createElement("span"), { className: "quiet small t" });
  shell.append(time);
  line.append(shell);
  if (entry.undo_href) line.append(undoForm(entry));
  return line;
}

function undoForm(entry) {
  const undo = Object.assign(document.createElement("form"), { className: "one-act", method: "post", action: entry.undo_href });
  for (const [name, value] of [["csrf_token", csrf], ["form_key", uuid()], ["task", page.dataset.task]]) {
    undo.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  const press = Object.assign(document.createElement("button"), { className: "undo", textContent: "Undo", ariaLabel: `Undo ${entry.barcode}` });
  undo.append(press);
  return undo;
}

function drawCommand(command) {
  const figure = document.querySelector(`[data-command="${CSS.escape(command.command)}"]`);
  if (!figure) return;
  figure.querySelector(".code").hidden = !command.enabled;
  const shut = figure.querySelector(".shut");
  shut.hidden = Boolean(command.enabled);
  if (!command.enabled) shut.textContent = command.shut ?? "no code yet"; // the reason stands under it
  figure.querySelector("figcaption").replaceChildren(...commandAct(command));
}

function commandAct(command) {
  if (command.enabled) {
    const press = Object.assign(document.createElement("button"), { className: "act slim", type: "button", textContent: command.label });
    press.dataset.send = command.command;
    return [press];
  }
  const closed = Object.assign(document.createElement("span"), { className: "act slim", ariaDisabled: "true", textContent: command.label });
  return [closed, Object.assign(document.createElement("span"), { className: "why", textContent: command.reason ?? "" })];
}

function highlight(line) {
  for (const old of document.querySelectorAll("#done .new")) old.classList.remove("new", "green");
  line?.classList.add("new", "green");
}

function setAside() {
  byId("newest")?.setAttribute("hidden", "");
  if (!byId("aside")) return;
  byId("aside").hidden = false;
  setCount("aside-count", count("aside-count") + 1);
}

const row = (list, barcode) => document.querySelector(`#${list} > [data-barcode="${CSS.escape(barcode)}"]`);
const count = (id) => Number((byId(id)?.textContent ?? "0").replaceAll(",", ""));

function setCount(id, value) {
  if (byId(id)) byId(id).textContent = value.toLocaleString("en-US");
}

function glyph(name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "g");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#g-${name}`);
  picture.append(use);
  return picture;
}

function clock(moment, seconds) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: page.dataset.zone };
  return new Intl.DateTimeFormat("en-GB", seconds ? { ...parts, second: "2-digit" } : parts).format(moment);
}

// --- sound -----------------------------------------------------------------------------------------------------

let audio = null;
const off = (key) => { try { return localStorage.getItem(key) === "yes"; } catch { return false; } };

// Browsers allow sound only after a key or a touch; a wedge's first character is one.
function wake() {
  if (off(QUIET) || !window.AudioContext) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

function sound(tone) {
  const kind = SOUNDS[tone];
  if (!audio || !kind || off(QUIET)) return;
  for (const [hertz, from, length] of kind.notes) {
    const voice = new OscillatorNode(audio, { type: kind.wave, frequency: hertz });
    const level = new GainNode(audio, { gain: 0 });
    const start = audio.currentTime + from;
    level.gain.setTargetAtTime(0.35, start, 0.005);
    level.gain.setTargetAtTime(0, start + length, 0.015);
    voice.connect(level).connect(audio.destination);
    voice.start(start);
    voice.stop(start + length + 0.1);
  }
}

// Two presses of the person's own: sound, and vibration where the device has it.
const presses = [
  { press: byId("sound"), key: QUIET, name: "sound" },
  { press: byId("buzz"), key: STILL, name: "vibration" },
].filter((one) => one.press);

function drawPress({ press, key, name }) {
  press.hidden = name === "vibration" && !(navigator.vibrate && matchMedia("(pointer: coarse)").matches);
  press.setAttribute("aria-pressed", String(!off(key)));
  press.textContent = `${name} ${off(key) ? "off" : "on"}`;
}

// --- the field -------------------------------------------------------------------------------------------------

const elsewhere = () => document.activeElement?.closest("input:not(#scan), textarea, select, details[open]");

function takeField() {
  const text = field.value;
  field.value = "";
  accept(text);
}

function focusField() {
  if (!elsewhere()) field.focus({ preventScroll: true });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  takeField();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === field) {
    if (event.key === "Tab" && field.value) { // many wedges end with Tab instead of Enter
      event.preventDefault();
      takeField();
    }
    return;
  }
  const toAControl = event.target.closest?.("button, a, summary") && (event.key === " " || event.key === "Enter");
  if (event.key.length === 1 && !elsewhere() && !toAControl) field.focus({ preventScroll: true }); // the character lands in the field
});

field.addEventListener("paste", (event) => {
  const lines = event.clipboardData.getData("text").split(/[\r\n\t]+/).filter((line) => line.trim());
  if (lines.length < 2) return;
  event.preventDefault();
  lines.forEach(accept);
});

document.addEventListener("click", (event) => {
  const press = event.target.closest("[data-send]");
  if (press) accept(press.dataset.send);
  if (!event.target.closest("a, input, select, textarea, summary")) focusField();
});

// Forms of this page are sent without leaving it: a command like a scan, an undo by fetch.
document.addEventListener("submit", async (event) => {
  const sent = event.target;
  const command = sent.closest("[data-command]")?.dataset.command;
  if (sent === form || !(command || sent.closest("#done"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (command) accept(command);
  else await undo(sent);
  focusField();
}, true);

async function undo(sent) {
  try {
    const response = await fetch(sent.action, { method: "POST", body: new URLSearchParams(new FormData(sent)), signal: AbortSignal.timeout(ANSWER_MS) });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["open", "band"]) if (fresh.getElementById(id)) byId(id).replaceWith(fresh.getElementById(id));
    if (!response.ok || !fresh.getElementById("open")) throw new Error("no list in the answer");
  } catch {
    show("amber", "Not undone", sent.closest("li").dataset.barcode, "Nothing was changed", "Reload the page and look at the list.");
  }
}

for (const one of presses) {
  one.press.addEventListener("click", () => {
    try {
      if (off(one.key)) localStorage.removeItem(one.key);
      else localStorage.setItem(one.key, "yes");
    } catch {
      // without storage it stays as it is
    }
    drawPress(one);
    wake();
  });
}

window.addEventListener("online", drain);
window.addEventListener("offline", () => { offlineSince ??= new Date(); drawOffline(); });
window.addEventListener("focus", focusField);
document.addEventListener("visibilitychange", () => { if (!document.hidden) focusField(); });
field.addEventListener("blur", () => setTimeout(() => { if (document.activeElement === document.body) focusField(); }));

presses.forEach(drawPress);
focusField();
if (kept().length) drain();
